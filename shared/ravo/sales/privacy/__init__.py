"""What sales holds about a person, and how it is erased: orders stay in the books without their customer."""

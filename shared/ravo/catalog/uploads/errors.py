"""Why uploads are refused."""

from ravo.platform.errors import NotFound


class UploadNotFound(NotFound):
    message = "There is no such upload."

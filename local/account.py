"""The account and region of the laptop cloud."""

ACCOUNT = "123456789012"
REGION = "eu-central-1"
# What Lambda sets in the environment of a function.
EXECUTION = "AWS_Lambda_python3.13"

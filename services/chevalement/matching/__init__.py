"""The watch's matching on files: the very code of the service, run on any set of calls and measured."""

"""Errors of the stand-in, behind the REST error shapes (facts on DocSpace, 4.1)."""


class PortalError(Exception):
    """A refused call; `status` is the HTTP status and `kind` the .NET exception in the answer."""

    status = 500
    kind = "System.Exception"


class BadArgumentError(PortalError):
    status = 400
    kind = "System.ArgumentException"


class ForbiddenError(PortalError):
    status = 403
    kind = "System.InvalidOperationException"


class NotFoundError(PortalError):
    status = 404
    kind = "ASC.Common.Web.ItemNotFoundException"

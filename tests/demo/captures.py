"""The vendor's published captures, whole: real bodies with the throw-away secrets they were signed with."""

from __future__ import annotations

from typing import Final

CLASSIC: Final = (
    b'{"event":{"id":138769,"createOn":"2026-09-17T10:22:56Z","createBy":"514c7ed5-3141-4448-af92-'
    b'008bcb707042","trigger":"file.created","triggerId":128},"payload":{"id":3358285,"parentId":6'
    b'590430,"securityByUsers":{},"folderIdDisplay":6590430,"rootId":18902,"title":"321.xlsx","cre'
    b'ateBy":"514c7ed5-3141-4448-af92-008bcb707042","modifiedBy":"514c7ed5-3141-4448-af92-008bcb70'
    b'7042","parentShared":true,"createOn":"2026-09-17T10:22:56Z","modifiedOn":"2026-09-17T10:22:5'
    b'6Z","rootFolderType":14,"rootCreateBy":"514c7ed5-3141-4448-af92-008bcb707042","fileEntryType'
    b'":2},"webhook":{"id":2621,"name":"testsdk","url":"https://example.com/webhook","triggers":["'
    b'*"]}}'
)
CLASSIC_SECRET: Final = "test123!@#%ABC"
CLASSIC_SIGNATURE: Final = "sha256=520FEF8A53886234C06559A5204F54248DE7E346C72BF1A908CC3B098B81D3A8"

V1: Final = (
    b'{"event":{"id":3,"createOn":"2026-09-29T11:09:13Z","createBy":"66faa6e4-f133-11ea-b126-00ffe'
    b'ec8b4ef","trigger":"file.created","triggerId":128},"payload":{"fileEntryType":2,"version":1,'
    b'"versionGroup":1,"contentLength":7726,"fileType":7,"fileExst":".docx","comment":"Created","v'
    b'iewUrl":"http://192.168.50.248:8092/filehandler.ashx?action=download\\u0026fileid=47","webUrl'
    b'":"http://192.168.50.248:8092/doceditor?fileid=47\\u0026version=1","id":47,"parentId":18,"roo'
    b'tFolderId":7,"title":"TestDoc.docx","created":"2026-09-29T11:09:13Z","createdBy":{"id":"66fa'
    b'a6e4-f133-11ea-b126-00ffeec8b4ef","displayName":"Administrator","userName":"administrator","'
    b'email":"admin@admin.admin","avatar":"/static/images/default_user_photo_size_82-82.png?hash=1'
    b'344018457","profileUrl":"http://192.168.50.248:8092/accounts/people/filter?search=admin%40ad'
    b'min.admin"},"updated":"2026-09-29T11:09:13Z","updatedBy":{"id":"66faa6e4-f133-11ea-b126-00ff'
    b'eec8b4ef","displayName":"Administrator","userName":"administrator","email":"admin@admin.admi'
    b'n","avatar":"/static/images/default_user_photo_size_82-82.png?hash=1344018457","profileUrl":'
    b'"http://192.168.50.248:8092/accounts/people/filter?search=admin%40admin.admin"},"rootFolderT'
    b'ype":14},"webhook":{"id":1,"name":"test","url":"http://localhost:35555/webhook/","triggers":'
    b'["*"]}}'
)
V1_SECRET: Final = "ednntakm"
V1_SIGNATURE: Final = "sha256=609B57702289EB58113BCCFC4955097C5D4338E10C94DB3C1E1FF8DA87991E21"

"""Addresses of people."""

from django.urls import path

from alongside.people.views import account, groups, signin, steps

app_name = "people"
urlpatterns = [
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("forgot/", signin.recover, name="recover"),
    path("second-step/", steps.second_step, name="second_step"),
    path("passkey/", steps.passkey, name="passkey"),
    path("passkey/ask/", steps.passkey_ask, name="passkey_ask"),
    path("language/", account.language, name="language"),
    path("account/", account.account, name="account"),
    path("account/code/", account.code, name="code"),
    path("account/phones/<uuid:device>/sign-out/", account.end_device, name="end_device"),
    path("account/phones/sign-out/", account.end_others, name="end_others"),
    path("account/second-step/", steps.steps, name="steps"),
    path("account/passkeys/add/", steps.add_passkey, name="add_passkey"),
    path("account/passkeys/added/", steps.passkey_added, name="passkey_added"),
    path("account/passkeys/<uuid:passkey>/remove/", steps.remove_passkey, name="remove_passkey"),
    path("account/code-app/add/", steps.add_code_app, name="add_code_app"),
    path("account/code-app/added/", steps.code_app_added, name="code_app_added"),
    path("account/code-app/remove/", steps.remove_code_app, name="remove_code_app"),
    path("account/keys/make/", account.make_token, name="make_token"),
    path("account/keys/<uuid:token>/remove/", account.remove_token, name="remove_token"),
    path("groups/", groups.groups, name="groups"),
    path("groups/make/", groups.make_group, name="make_group"),
    path("groups/<uuid:group>/", groups.group, name="group"),
    path("groups/<uuid:group>/name/", groups.rename, name="rename"),
    path("groups/<uuid:group>/change/", groups.change_group, name="change_group"),
    path("groups/<uuid:group>/close/", groups.close, name="close_group"),
    path("groups/<uuid:group>/invite/", groups.invite, name="invite"),
    path("groups/<uuid:group>/invitations/<uuid:invitation>/withdraw/", groups.withdraw, name="withdraw"),
    path("groups/<uuid:group>/members/<uuid:member_id>/part/", groups.set_part, name="set_part"),
    path("join/<str:secret>/", groups.join, name="join"),
]

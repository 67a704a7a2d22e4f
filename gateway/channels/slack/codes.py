"""Slack's error strings and what each means for a message.

Source: slack-ruby/slack-api-ref at f4837c0 (20 August 2026), methods chat.postMessage,
chat.update, chat.delete, auth.test and conversations.*; a few more are known from use. Those of
incoming webhooks are in docs.slack.dev, "Sending messages using incoming webhooks".
"""

from collections.abc import Mapping

from gateway.core.incidents.retry import Failure

MESSAGE_GONE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "block_mismatch"}
)
"""The message can no longer be edited: a new one is posted."""

THREAD_GONE = frozenset(
    {
        "thread_not_found",
        "cannot_reply_to_message",
        "thread_locked",
        "restricted_action_thread_locked",
        "restricted_action_non_threadable_channel",
    }
)
"""Its thread takes no replies: a new message is posted."""

_BY_FAILURE: Mapping[Failure, str] = {
    Failure.RATE_LIMITED: "ratelimited rate_limited message_limit_exceeded",
    Failure.TIMEOUT: "request_timeout",
    Failure.SERVER_ERROR: """
        internal_error fatal_error service_unavailable external_channel_migrating
        team_added_to_org org_login_required update_failed streaming_state_conflict
        fetch_members_failed list_record_comment_fetch_failed""",
    Failure.MISCONFIGURED: """
        invalid_auth not_authed account_inactive token_revoked token_expired missing_scope
        no_permission not_allowed_token_type access_denied accesslimited ekm_access_denied
        permission_denied paid_teams_only plan_upgrade_required two_factor_setup_required
        team_access_not_granted enterprise_is_restricted
        app_access_restricted messages_tab_disabled as_user_not_supported is_bot team_not_found
        send_on_behalf_not_allowed deprecated_endpoint method_deprecated unknown_method
        cant_delete_message action_prohibited no_service no_service_id no_team team_disabled
        invalid_token""",
    Failure.BAD_RECIPIENT: """
        channel_not_found no_such_subteam subteam_not_found
        not_in_channel is_archived is_inactive restricted_action
        restricted_action_read_only_channel restricted_action_thread_only_channel
        posting_to_channel_denied channel_is_limited_access method_not_supported_for_channel_type
        user_not_found user_disabled user_not_visible user_is_restricted cannot_dm_bot
        invalid_user_combination not_enough_users too_many_users too_many_members no_user
        users_list_not_supplied cant_invite cant_invite_self app_cannot_join_channel
        invitee_cant_see_channel no_external_invite_permission org_user_not_in_team
        ura_max_channels already_in_channel channel_is_archived
        posting_to_general_channel_denied""",
    Failure.BAD_CONTENT: """
        invalid_payload too_long invalid_users no_users_provided invalid_user failed_for_some_users
        single_channel_guests_cannot_be_added
        invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text
        too_many_attachments too_many_contact_cards attachment_payload_limit_exceeded
        invalid_attachments markdown_text_conflict metadata_too_large
        metadata_must_be_sent_from_app invalid_metadata_format invalid_metadata_schema
        invalid_metadata_filter_keys invalid_arguments invalid_arg_name invalid_array_arg
        invalid_charset invalid_form_data invalid_json json_not_object invalid_post_type
        missing_post_type missing_argument missing_file_data cant_broadcast_message
        no_dual_broadcast_content_update duplicate_channel_not_found duplicate_message_not_found
        draft_already_deleted draft_already_sent draft_has_conflict draft_not_found
        blocked_file_type file_deleted file_is_deleted file_not_found file_share_limit_reached
        max_file_sharing_exceeded unable_to_share_files slack_connect_blocked_file_type
        slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
        slack_connect_lists_sharing_blocked invalid_cursor invalid_limit invalid_ts_latest
        invalid_ts_oldest invalid_types""",
}

CODES: Mapping[str, Failure] = {
    code: failure for failure, codes in _BY_FAILURE.items() for code in codes.split()
} | dict.fromkeys(MESSAGE_GONE | THREAD_GONE, Failure.BAD_CONTENT)

POSSIBLY_ACCEPTED = frozenset({"internal_error", "fatal_error", "request_timeout", "update_failed"})
"""Errors after which Slack may still have accepted the message."""

HINTS: Mapping[str, str] = {
    "not_in_channel": "invite the app to the channel",
    "channel_not_found": "check the name, and invite the app if the channel is private",
    "is_archived": "the channel is archived",
    "is_inactive": "the channel is archived",
    "missing_scope": "add the scope to the app and install it again",
    "permission_denied": "let everyone manage user groups in the workspace's settings",
    "paid_teams_only": "user groups need a paid plan",
    "plan_upgrade_required": "user groups need a paid plan",
    "messages_tab_disabled": "enable the Messages tab in the app's settings",
    "team_not_found": "with an org-wide token write the channel's id, not its name",
    "no_service": "the webhook was removed, or its app: make a new one",
    "action_prohibited": "an admin has restricted posting to this channel",
    "channel_is_archived": "the channel is archived",
    "ekm_access_denied": "an admin has disabled sending to this channel",
    "restricted_action_read_only_channel": "the channel is read-only for the app",
}
"""What an admin can do about an error."""


def failure_by_code(code: str) -> Failure:
    """Return the failure of an error string.

    Slack adds `restricted_action…` names over time.
    """
    if code not in CODES and code.startswith("restricted_action"):
        return Failure.BAD_RECIPIENT
    return CODES.get(code, Failure.UNKNOWN)

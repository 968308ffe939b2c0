//! Events as rules told them, with the keys that they had from the first and those that came later.

use super::Receiver;
use domain::connection::ConnectionStatus;
use domain::dates::stamp;
use domain::event::{EventKind, KeptEvent};
use domain::push::PUSH_DATA_TYPE;
use domain::webhook::event_id;
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RuleShape<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    company_id: Option<String>,
    client_id: String,
    client_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_connection_id: Option<String>,
    rule_id: String,
    #[serde(rename = "Type")]
    kind: &'static str,
    /// The same under the name that it had later.
    rule_type: &'static str,
    alert_id: String,
    message: String,
    data: Data,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Data {
    #[serde(rename_all = "camelCase")]
    Push {
        data_type: &'static str,
        status: &'static str,
        push_operation_key: String,
    },
    #[serde(rename_all = "camelCase")]
    TimedOut {
        data_type: &'static str,
        push_operation_guid: String,
        push_operation_key: String,
    },
    #[serde(rename_all = "camelCase")]
    Connection {
        data_connection_id: String,
        new_status: &'static str,
        old_status: &'static str,
        platform_key: &'static str,
    },
    #[serde(rename_all = "PascalCase")]
    Quota {
        daily_quota: u64,
        quota_remaining: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        reset_reason: Option<&'static str>,
        expires_utc: String,
    },
    Nothing {},
}

/// Shows an event under a rule's name.
pub(super) fn show<'a>(
    kept: &KeptEvent,
    name: &'static str,
    receiver: Receiver<'a>,
) -> RuleShape<'a> {
    let event = &kept.event;
    RuleShape {
        company_id: event.company.map(|id| id.to_string()),
        client_id: event.client.to_string(),
        client_name: receiver.client_name,
        data_connection_id: event.connection.map(|id| id.to_string()),
        rule_id: receiver.consumer.to_string(),
        kind: name,
        rule_type: name,
        alert_id: event_id(event.client, kept.sequence).to_string(),
        message: message(kept, name),
        data: data(kept, name),
    }
}

fn message(kept: &KeptEvent, name: &str) -> String {
    let plain: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let at = stamp(kept.event.at);
    if kept.event.push.is_some() {
        return format!("{PUSH_DATA_TYPE} triggered notification for {plain} at {at}");
    }
    format!("{plain} at {at}")
}

fn data(kept: &KeptEvent, name: &str) -> Data {
    let (event, about) = (&kept.event, &kept.about);
    if let Some(push) = event.push {
        let (data_type, push_operation_key) = (PUSH_DATA_TYPE, push.to_string());
        if name == "Push Operation Timed Out" {
            let push_operation_guid = push.to_string();
            return Data::TimedOut { data_type, push_operation_guid, push_operation_key };
        }
        let told = if event.kind == EventKind::WriteSuccessful { "Success" } else { "Failed" };
        let status = about.push.map_or(told, |push| push.status.name());
        return Data::Push { data_type, status, push_operation_key };
    }
    if let Some(connection) = &about.connection {
        return Data::Connection {
            data_connection_id: connection.id.to_string(),
            new_status: connection.status.name(),
            old_status: before(event.kind).name(),
            platform_key: connection.platform.key,
        };
    }
    if let Some(quota) = about.quota {
        return Data::Quota {
            daily_quota: quota.limit,
            quota_remaining: quota.remaining,
            reset_reason: (event.kind == EventKind::RateLimitReset).then_some("Daily reset"),
            expires_utc: stamp(quota.resets_at),
        };
    }
    Data::Nothing {}
}

/// What a connection was before such an event.
fn before(kind: EventKind) -> ConnectionStatus {
    if kind == EventKind::ConnectionDisconnected {
        ConnectionStatus::Linked
    } else if kind == EventKind::ConnectionReconnected {
        ConnectionStatus::Unlinked
    } else {
        ConnectionStatus::PendingAuth
    }
}

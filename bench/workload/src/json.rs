//! The same settings and requests as text, in Microsoft Graph's property names.

use crate::entity::{app_guid, group_guid, tenant_guid, user_guid, write_guid};
use crate::request::{Request, Requests};
use crate::settings::{BLOCK_NAMES, Block, Partner, Workload, home_and_resource};
use crate::target_list::{Part, Target};

impl Workload {
    /// One line for a tenant: `{"tenantId":…,"default":{…},"partners":[…]}`.
    pub fn tenant_json(&self, tenant: u32, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"tenantId\":\"");
        write_guid(&tenant_guid(tenant), out);
        out.extend_from_slice(b"\",\"default\":");
        self.default_json(tenant, out);
        out.extend_from_slice(b",\"partners\":[");
        for (i, partner) in self.owned(tenant).iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            self.partner_json(partner, out);
        }
        out.extend_from_slice(b"]}");
    }

    pub fn partner_json(&self, p: &Partner, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"tenantId\":\"");
        write_guid(&tenant_guid(p.partner), out);
        out.extend_from_slice(b"\",\"isServiceProvider\":false,\"inboundTrust\":null");
        for (i, name) in BLOCK_NAMES.iter().enumerate() {
            out.extend_from_slice(format!(",\"{name}\":").as_bytes());
            match &p.blocks[i] {
                None => out.extend_from_slice(b"null"),
                Some(block) => {
                    self.block_json(block, home_and_resource(p.owner, p.partner, i), out)
                }
            }
        }
        out.extend_from_slice(b",\"automaticUserConsentSettings\":{\"inboundAllowed\":null,\"outboundAllowed\":null}}");
    }

    fn default_json(&self, tenant: u32, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"isServiceDefault\":false");
        for (i, name) in BLOCK_NAMES.iter().enumerate() {
            out.extend_from_slice(format!(",\"{name}\":").as_bytes());
            let block = &self.defaults[tenant as usize][i];
            self.block_json(block, home_and_resource(tenant, tenant, i), out);
        }
        out.extend_from_slice(b",\"inboundTrust\":{\"isMfaAccepted\":false,\"isCompliantDeviceAccepted\":false,\"isHybridAzureADJoinedDeviceAccepted\":false}}");
    }

    fn block_json(&self, block: &Block, (home, resource): (u32, u32), out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"usersAndGroups\":");
        self.users_json(&block.users, home, out);
        out.extend_from_slice(b",\"applications\":");
        self.apps_json(&block.apps, resource, out);
        out.push(b'}');
    }

    fn users_json(&self, part: &Part, home: u32, out: &mut Vec<u8>) {
        access_json(part, out);
        if part.all {
            out.extend_from_slice(b"{\"target\":\"AllUsers\",\"targetType\":\"user\"}");
        }
        for (i, code) in self.targets(part).iter().enumerate() {
            let (guid, kind) = match Target::of(*code) {
                Target::Group(group) => (group_guid(home, group), "group"),
                Target::User(user) => (user_guid(home, user), "user"),
            };
            target_json(i, &guid, kind, out);
        }
        out.extend_from_slice(b"]}");
    }

    fn apps_json(&self, part: &Part, resource: u32, out: &mut Vec<u8>) {
        access_json(part, out);
        if part.all {
            out.extend_from_slice(
                b"{\"target\":\"AllApplications\",\"targetType\":\"application\"}",
            );
        }
        for (i, app) in self.targets(part).iter().enumerate() {
            target_json(i, &app_guid(resource, *app), "application", out);
        }
        out.extend_from_slice(b"]}");
    }

    /// One AuthZEN-like request and the right answer.
    pub fn request_json(&self, requests: &Requests, q: &Request, out: &mut Vec<u8>) {
        let text = |guid| crate::entity::guid_text(&guid);
        let groups = requests.groups(q);
        let listed: Vec<String> = groups
            .iter()
            .map(|&group| format!("\"{}\"", text(group_guid(q.home, group))))
            .collect();
        let action = match q.direct_connect {
            true => "b2bDirectConnect",
            false => "b2bCollaboration",
        };
        let line = format!(
            "{{\"subject\":{{\"type\":\"user\",\"id\":\"{}\",\"properties\":{{\"tenantId\":\"{}\",\"groups\":[{}]}}}},\"resource\":{{\"type\":\"application\",\"id\":\"{}\",\"properties\":{{\"tenantId\":\"{}\"}}}},\"action\":{{\"name\":\"{action}\"}},\"context\":{{}},\"expected\":{}}}",
            text(user_guid(q.home, q.user)),
            text(tenant_guid(q.home)),
            listed.join(","),
            text(app_guid(q.resource, q.app)),
            text(tenant_guid(q.resource)),
            self.decide(q, groups),
        );
        out.extend_from_slice(line.as_bytes());
    }
}

fn access_json(part: &Part, out: &mut Vec<u8>) {
    let access = match part.allowed {
        true => "allowed",
        false => "blocked",
    };
    out.extend_from_slice(format!("{{\"accessType\":\"{access}\",\"targets\":[").as_bytes());
}

fn target_json(i: usize, guid: &crate::entity::Guid, kind: &str, out: &mut Vec<u8>) {
    if i > 0 {
        out.push(b',');
    }
    out.extend_from_slice(b"{\"target\":\"");
    write_guid(guid, out);
    out.extend_from_slice(b"\",\"targetType\":\"");
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(b"\"}");
}

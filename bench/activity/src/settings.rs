//! Settings of the tenant whose log it is, twice: everything is open by default, and then only the most
//! used third of the applications. Every fourth partner has an entry of its own, which the change of the
//! default leaves alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use workload::month::{APPLICATIONS, PARTNERS, resource_id, tenant};

/// Writes both, and gives back where they are.
pub fn write(folder: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let open = block(&["AllApplications".to_owned()]);
    let few: Vec<String> = (0..APPLICATIONS / 3).map(resource_id).collect();
    let entries = (0..PARTNERS).step_by(4).map(|partner| {
        json!({
            "tenantId": tenant(partner),
            "b2bCollaborationOutbound": block(&few),
            "b2bCollaborationInbound": open,
        })
    });
    let entries: Vec<Value> = entries.collect();
    let state = |name: &str, block: &Value| -> io::Result<PathBuf> {
        let to = folder.join(name);
        fs::create_dir_all(&to)?;
        let default =
            json!({ "b2bCollaborationOutbound": block, "b2bCollaborationInbound": block });
        fs::write(to.join("default.json"), default.to_string())?;
        fs::write(
            to.join("partners.json"),
            json!({ "value": entries }).to_string(),
        )?;
        Ok(to)
    };
    Ok((state("now", &open)?, state("draft", &block(&few))?))
}

/// Everybody may use these applications.
fn block(applications: &[String]) -> Value {
    let target = |target: &str, kind: &str| json!({ "target": target, "targetType": kind });
    let applications: Vec<Value> = applications
        .iter()
        .map(|id| target(id, "application"))
        .collect();
    json!({
        "usersAndGroups": { "accessType": "allowed", "targets": [target("AllUsers", "user")] },
        "applications": { "accessType": "allowed", "targets": applications },
    })
}

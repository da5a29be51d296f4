//! What a token is asked for: one resource and `/.default`.
//!
//! There is one resource here, and clients call it by many names: by the address somebody typed
//! into them, by that address without its port (msgraph-sdk drops it) or with one slash too many
//! (az adds one), by the address of Microsoft's Graph, or by Graph's application id.

const DEFAULT: &str = "/.default";
const GRAPH: &str = "https://graph.microsoft.com";
const GRAPH_APPLICATION: &str = "00000003-0000-0000-c000-000000000000";

/// The names of the one resource, given the public address of the server.
#[derive(Clone, Debug)]
pub struct Resource {
    names: Vec<String>,
}

impl Resource {
    /// The resource at that address, for instance `https://localhost:8443`.
    pub fn at(public_url: &str) -> Self {
        let address = public_url.trim_end_matches('/').to_ascii_lowercase();
        let mut names = vec![GRAPH.to_owned(), GRAPH_APPLICATION.to_owned()];
        names.extend(without_port(&address));
        names.push(address);
        Resource { names }
    }

    /// Whether a scope asks for this resource, and for nothing else.
    pub fn is_asked_by(&self, scope: &str) -> bool {
        let scope = scope.trim().to_ascii_lowercase();
        let name = scope.strip_suffix(DEFAULT);
        name.is_some_and(|name| self.is_named(name.strip_suffix('/').unwrap_or(name)))
    }

    /// Whether that is one of its names.
    pub fn is_named(&self, name: &str) -> bool {
        self.names
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    }
}

fn without_port(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let (host, port) = rest.rsplit_once(':')?;
    let digits = !port.is_empty() && port.chars().all(|c| c.is_ascii_digit());
    digits.then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_clients_use_means_the_one_resource() {
        let resource = Resource::at("https://localhost:8443");
        for scope in [
            "https://localhost:8443/.default",
            "https://localhost/.default",
            "https://localhost:8443//.default",
            "https://graph.microsoft.com/.default",
            "00000003-0000-0000-c000-000000000000/.default",
            " https://LOCALHOST:8443/.default ",
        ] {
            assert!(resource.is_asked_by(scope), "{scope}");
        }
    }

    #[test]
    fn anything_else_is_another_resource() {
        let resource = Resource::at("https://localhost:8443/");
        for scope in [
            "",
            "/.default",
            "openid",
            "https://localhost:8443",
            "https://localhost:8443/.default openid",
            "https://localhost:84431/.default",
            "https://vault.azure.net/.default",
            "https://graph.microsoft.com.example/.default",
            "https://localhost:8443///.default",
        ] {
            assert!(!resource.is_asked_by(scope), "{scope}");
        }
    }

    #[test]
    fn an_address_of_version_six_keeps_its_brackets() {
        let resource = Resource::at("https://[::1]:8443");
        assert!(resource.is_asked_by("https://[::1]/.default"));
        assert!(Resource::at("https://[::1]").is_asked_by("https://[::1]/.default"));
    }
}

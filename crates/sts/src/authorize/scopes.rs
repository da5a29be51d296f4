//! What an application asks for on somebody's behalf.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::scope::Resource;

/// How many scopes are read.
const MANY: usize = 100;

/// Which program the access token is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Api {
    /// None in particular: somebody signs in to the application itself.
    #[default]
    None,
    /// This server's Graph.
    Graph(Vec<String>),
    /// Another program, by what it is called there, with its scopes.
    Program(String, Vec<String>),
}

/// `scope`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scopes {
    /// `openid`: an id token is wanted.
    pub openid: bool,
    /// `profile`: with names.
    pub profile: bool,
    /// `email`: with an address.
    pub email: bool,
    /// `offline_access`: a refresh token is wanted.
    pub offline: bool,
    /// Of which program.
    pub api: Api,
}

impl Scopes {
    /// Reads the words. They name one program at most.
    pub fn read(text: &str, resource: &Resource) -> Result<Self, Refusal> {
        let mut scopes = Scopes::default();
        if text.split_whitespace().count() > MANY {
            return Err(Refusal::invalid_scope("more than 100 words"));
        }
        for word in text.split_whitespace() {
            match word {
                "openid" => scopes.openid = true,
                "profile" => scopes.profile = true,
                "email" => scopes.email = true,
                "offline_access" => scopes.offline = true,
                _ => scopes.take(word, resource)?,
            }
        }
        match scopes == Scopes::default() {
            true => Err(Refusal::invalid_scope(text)),
            false => Ok(scopes),
        }
    }

    fn take(&mut self, word: &str, resource: &Resource) -> Result<(), Refusal> {
        let legal = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
        if !word.chars().all(legal) || word.len() > 256 {
            return Err(Refusal::invalid_scope(word));
        }
        let (named, scope) = match word.rsplit_once('/') {
            Some((program, scope)) => (Some(program.trim_end_matches('/')), scope),
            None => (None, word),
        };
        let named = named.filter(|program| !resource.is_named(program));
        let api = std::mem::take(&mut self.api);
        self.api = match (api, named) {
            (Api::None, None) => Api::Graph(vec![scope.to_owned()]),
            (Api::None, Some(program)) => Api::Program(program.to_owned(), vec![scope.to_owned()]),
            (Api::Graph(mut scopes), None) => {
                scopes.push(scope.to_owned());
                Api::Graph(scopes)
            }
            (Api::Program(known, mut scopes), Some(program)) if known == program => {
                scopes.push(scope.to_owned());
                Api::Program(known, scopes)
            }
            _ => return Err(Refusal::invalid_scope(word)),
        };
        Ok(())
    }

    /// The words again, in the order in which they are granted.
    pub fn words(&self) -> Vec<String> {
        let own = [
            (self.openid, "openid"),
            (self.profile, "profile"),
            (self.email, "email"),
            (self.offline, "offline_access"),
        ];
        let own = own.iter().filter(|(asked, _)| *asked);
        let mut words: Vec<String> = own.map(|(_, word)| (*word).to_owned()).collect();
        match &self.api {
            Api::None => {}
            Api::Graph(scopes) => words.extend(scopes.iter().cloned()),
            Api::Program(program, scopes) => {
                words.extend(scopes.iter().map(|scope| format!("{program}/{scope}")));
            }
        }
        words
    }

    /// Whether these ask for nothing that those did not.
    pub fn are_within(&self, those: &Scopes) -> bool {
        let own = [
            (self.openid, those.openid),
            (self.profile, those.profile),
            (self.email, those.email),
            (self.offline, those.offline),
        ];
        let all = |few: &[String], many: &[String]| few.iter().all(|scope| many.contains(scope));
        let api = match (&self.api, &those.api) {
            (Api::None, _) => true,
            (Api::Graph(few), Api::Graph(many)) => all(few, many),
            (Api::Program(one, few), Api::Program(other, many)) => one == other && all(few, many),
            _ => false,
        };
        api && own.iter().all(|(asked, had)| *had || !asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Scopes, Refusal> {
        Scopes::read(text, &Resource::at("https://localhost:8443"))
    }

    #[test]
    fn words_without_a_program_are_graphs_and_others_name_theirs() {
        let api = |text: &str| read(text).unwrap().api;
        let graph = Api::Graph(vec!["User.Read".to_owned()]);
        assert_eq!(api("openid User.Read"), graph);
        assert_eq!(api("https://graph.microsoft.com/User.Read"), graph);
        assert_eq!(api("https://localhost:8443/User.Read"), graph);
        assert_eq!(api("openid profile"), Api::None);
        let program = Api::Program("api://erp".to_owned(), vec!["orders".to_owned()]);
        assert_eq!(api("api://erp/orders offline_access"), program);
    }

    #[test]
    fn one_token_is_for_one_program() {
        for text in [
            "",
            "api://a/x api://b/x",
            "User.Read api://a/x",
            "a\"b",
            "é",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"x ".repeat(101)).is_err());
    }

    #[test]
    fn what_was_granted_once_may_be_asked_for_again_and_no_more() {
        let had = read("openid offline_access User.Read Mail.Read").unwrap();
        assert!(read("openid Mail.Read").unwrap().are_within(&had));
        for more in ["email", "Files.Read", "api://erp/orders"] {
            assert!(!read(more).unwrap().are_within(&had), "{more}");
        }
        let words = ["openid", "offline_access", "User.Read", "Mail.Read"];
        assert_eq!(had.words(), words);
    }
}

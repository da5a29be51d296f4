//! A browser of somebody who is signed in at home: it goes where it is sent, reads pages and fills in
//! their forms.

use reqwest::{Method, Url};

use crate::house::{House, now};

/// What the pages are served as.
const ORIGIN: &str = "https://comity.test";
const COOKIE: &str = "__Host-comity-session";

/// A page, or where the browser was sent away to.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) text: String,
    pub(super) away: Option<Url>,
}

impl Seen {
    /// The text between two others.
    pub(super) fn between(&self, before: &str, after: &str) -> &str {
        let rest = self.text.split_once(before).map_or("", |(_, rest)| rest);
        rest.split_once(after).map_or("", |(found, _)| found)
    }

    /// The heading.
    pub(super) fn title(&self) -> &str {
        self.between("<h1>", "</h1>")
    }

    /// A line of the table on the page of a refusal.
    pub(super) fn line(&self, name: &str) -> &str {
        self.between(&format!("<dt>{name}</dt><dd>"), "</dd>")
    }

    /// A parameter that the application gets.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.away.as_ref()?.query_pairs();
        let (_, value) = pairs.find(|(known, _)| known == name)?;
        Some(value.into_owned())
    }

    /// The code that an authenticator app shows which was set up with the key on this page.
    pub(super) fn one_time_code(&self) -> String {
        let key = self.between("<p class=\"key\">", "</p>").replace(' ', "");
        let secret = totp_rs::Secret::try_from_base32(&key).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        totp.generate(u64::try_from(now().as_second()).unwrap())
            .to_string()
    }
}

/// Fields as a form or a query carries them.
pub(super) fn encoded(fields: &[(&str, &str)]) -> String {
    let mut url = Url::parse(ORIGIN).unwrap();
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}

/// A browser.
pub(super) struct Browser<'a> {
    client: &'a reqwest::Client,
    house: &'a House,
    /// The session's cookie.
    pub(super) cookie: Option<String>,
    /// Headers that something on the way adds.
    pub(super) added: Vec<(&'static str, String)>,
}

impl<'a> Browser<'a> {
    pub(super) fn new(client: &'a reqwest::Client, house: &'a House) -> Self {
        Browser {
            client,
            house,
            cookie: None,
            added: Vec::new(),
        }
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        form: Option<String>,
    ) -> (Option<String>, String) {
        let url = format!("{}{path}", self.house.url);
        let mut request = self.client.request(method, url);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("{COOKIE}={cookie}"));
        }
        for (name, value) in &self.added {
            request = request.header(*name, value);
        }
        if let Some(form) = form {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .header("origin", ORIGIN)
                .body(form);
        }
        let response = request.send().await.unwrap();
        let text = |name: &str| {
            let value = response.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        if let Some(set) = text("set-cookie") {
            let (pair, _) = set.split_once(';').unwrap();
            self.cookie = pair
                .strip_prefix(&format!("{COOKIE}="))
                .map(str::to_owned)
                .filter(|value| !value.is_empty());
        }
        (text("location"), response.text().await.unwrap())
    }

    async fn follow(&mut self, method: Method, path: &str, form: Option<String>) -> Seen {
        let (mut location, mut text) = self.ask(method, path, form).await;
        while let Some(next) = location {
            if !next.starts_with('/') {
                return Seen {
                    text,
                    away: Some(Url::parse(&next).unwrap()),
                };
            }
            (location, text) = self.ask(Method::GET, &next, None).await;
        }
        Seen { text, away: None }
    }

    /// Opens an address, and goes where that leads.
    pub(super) async fn open(&mut self, path: &str) -> Seen {
        self.follow(Method::GET, path, None).await
    }

    /// Sends a form of the page.
    pub(super) async fn send(&mut self, page: &Seen, step: &str, fields: &[(&str, &str)]) -> Seen {
        let mut all = vec![("j", page.between("name=\"j\" value=\"", "\""))];
        all.extend(fields);
        let form = encoded(&all);
        self.follow(Method::POST, &format!("/signin/{step}"), Some(form))
            .await
    }
}

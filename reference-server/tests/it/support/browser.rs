//! A browser that keeps its cookies.

use std::collections::BTreeMap;

use bytes::Bytes;
use grantspec_reference::Server;
use http::{Request, StatusCode};

use super::{Answer, ISSUER, asking, encode, form_request, hidden, send};

/// A browser with its own cookies.
pub struct Browser<'a> {
    server: &'a Server,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    pub fn new(server: &'a Server) -> Browser<'a> {
        Browser { server, cookies: BTreeMap::new() }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> String {
        self.cookies[name].clone()
    }

    /// Put a cookie there that did not come from the server.
    pub fn plant(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// A request as this browser sends it.
    pub fn with_cookies(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers_mut().insert("cookie", cookies.join("; ").parse().unwrap());
        request
    }

    pub async fn send(&mut self, request: Request<Bytes>) -> Answer {
        let answer = send(self.server, self.with_cookies(request)).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            assert!(rest.contains("HttpOnly") && rest.contains("SameSite=Lax"));
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    pub async fn get(&mut self, url: &str) -> Answer {
        let path = url.strip_prefix(ISSUER).unwrap_or(url);
        self.send(Request::get(path).body(Bytes::new()).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        self.send(form_request(path).body(encode(parameters).into()).unwrap()).await
    }

    /// Open an authorization request and stop at whatever comes first.
    pub async fn open(&mut self, client_id: &str, deviations: &[(&str, &str)]) -> Answer {
        let parameters = asking(client_id, deviations);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        self.get(&format!("/authorize?{query}")).await
    }

    /// Answer a login or consent page with these extra fields.
    pub async fn answer(&mut self, page_url: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(page_url).await;
        let (interaction, csrf) = (hidden(&page.body, "interaction"), hidden(&page.body, "csrf"));
        let path = ["/login", "/device"].into_iter().find(|path| page_url.contains(path)).unwrap_or("/consent");
        let mut parameters = vec![("interaction", interaction.as_str()), ("csrf", csrf.as_str())];
        parameters.extend_from_slice(fields);
        self.post(path, &parameters).await
    }

    /// Say what the user of a device says, logging in as alice where that is asked for: the page that comes last.
    pub async fn connect(&mut self, user_code: &str, decision: &str) -> Answer {
        let question = self.find_device(user_code).await;
        let location = question.location().to_owned();
        self.answer(&location, &[("user_code", user_code), ("decision", decision)]).await
    }

    /// Type a user code, logging in as alice where that is asked for: what comes of it.
    pub async fn find_device(&mut self, user_code: &str) -> Answer {
        let mut page = self.get("/device").await.location().to_owned();
        if page.contains("/login") {
            let answer = self.answer(&page, &[("username", "alice"), ("password", "alice-pw")]).await;
            answer.location().clone_into(&mut page);
        }
        self.answer(&page, &[("user_code", user_code)]).await
    }

    /// Log in as alice and allow, as far as either is asked, until the client is reached.
    pub async fn authorize(&mut self, client_id: &str, deviations: &[(&str, &str)]) -> Answer {
        let first = self.open(client_id, deviations).await;
        self.follow(first).await
    }

    /// Go on from there: log in as alice and allow, as far as either is asked, until the client is reached.
    pub async fn follow(&mut self, mut answer: Answer) -> Answer {
        while answer.status == StatusCode::SEE_OTHER && answer.location().starts_with(ISSUER) {
            let location = answer.location().to_owned();
            let fields: &[(&str, &str)] = if location.contains("/login") {
                &[("username", "alice"), ("password", "alice-pw")]
            } else {
                &[("decision", "allow")]
            };
            answer = self.answer(&location, fields).await;
        }
        answer
    }

    pub async fn code(&mut self, client_id: &str, deviations: &[(&str, &str)]) -> String {
        let answer = self.authorize(client_id, deviations).await;
        answer.returned("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }
}

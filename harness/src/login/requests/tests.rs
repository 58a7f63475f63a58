//! The closed language of requests: what it reads, and what it refuses.

use super::*;

fn requests(next: &str, enter: &str) -> Result<Requests, String> {
    let enter = toml::from_str::<Request>(enter).map_err(|error| error.to_string())?;
    let (page, next) = ("https://as.example/login".to_owned(), next.to_owned());
    Requests { page, enter: vec![enter], allow: Vec::new(), deny: Vec::new(), next, device: None }.checked()
}

fn wire(enter: &str) -> Option<Wire> {
    let user = User { name: "ann \"o'\"".to_owned(), password: "p&w/".to_owned(), disposable: false };
    let request = Url::parse("https://as.example/authorize?client_id=a+b&scope=openid").unwrap();
    let page = Url::parse("https://as.example/login?back=https%3A%2F%2Fas.example%2Fgo%3Fa%3D1").unwrap();
    let values = Values { user: &user, user_code: None, request: &request, page: &page };
    requests("{page.back}&on", enter).unwrap().enter[0].wire(&values)
}

#[test]
fn values_are_encoded_as_the_place_wants_it() {
    let json = wire("url = \"https://as.example/in/{client_id}\"\njson = { name = \"{user}\", pw = [\"{password}\"] }");
    let json = json.unwrap();
    assert_eq!((json.method, json.url.as_str()), ("POST", "https://as.example/in/a%20b"));
    assert_eq!(json.body.as_deref(), Some(r#"{"name":"ann \"o'\"","pw":["p&w/"]}"#));

    let form = wire("method = \"PUT\"\nurl = \"{page.back}&of={user}\"\nform = { pw = \"{password}\" }").unwrap();
    assert_eq!((form.method, form.url.as_str()), ("PUT", "https://as.example/go?a=1&of=ann%20%22o%27%22"));
    assert_eq!(form.body.as_deref(), Some("pw=p%26w%2F"));
}

#[test]
fn a_request_without_its_value_is_not_made() {
    assert_eq!(wire("url = \"https://as.example/{user_code}\""), None);
    assert_eq!(wire("url = \"https://as.example/{page.other}\""), None);
}

#[test]
fn a_page_without_what_it_is_known_by_is_another() {
    let script = requests("{page.back}&on", "url = \"https://as.example/in\"").unwrap();
    let runs = |url: &str| script.run_at(&Url::parse(url).unwrap(), false);
    assert!(runs("https://as.example/login?x=1&back=a"));
    assert!(!runs("https://as.example/login?x=1") && !runs("https://as.example/logins?back=a"));
}

#[test]
fn the_page_for_the_code_of_a_device_knows_no_client_yet() {
    let allow = toml::from_str("url = \"https://as.example/allow/{page.client}\"").unwrap();
    let script = requests("{page.back}&on", "url = \"https://as.example/in\"").unwrap();
    let script = Requests { allow: vec![allow], device: Some("{page.back}?code={user_code}".to_owned()), ..script };
    let page = Url::parse("https://as.example/login?back=a").unwrap();
    assert!(script.run_at(&page, true) && !script.run_at(&page, false));
}

#[test]
fn what_is_not_known_is_told_with_a_suggestion() {
    let told = |next: &str, enter: &str| requests(next, enter).unwrap_err();
    let entry = "url = \"https://as.example/in\"";
    assert!(told("{passwrod}", entry).contains("did you mean `password`"));
    assert!(told("https://as.example/{user", entry).contains("not closed"));
    assert!(told("{page.back}", &format!("{entry}\njson = {{ a = \"{{usr}}\" }}")).contains("did you mean `user`"));
    assert!(told("{page.back}", &format!("{entry}\njson = {{}}\nform = {{}}")).contains("one body"));
}

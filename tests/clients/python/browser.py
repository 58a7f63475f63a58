"""A small browser with alice in front of it: it follows redirects, keeps cookies, fills in the forms that it is shown, and says yes."""

from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import requests

ALICE = {"username": "alice", "password": "alice-pw"}
NO = {"Deny", "Cancel"}
MOST_PAGES = 12


def walk(issuer, start):
    """Open an address of the server and answer until alice leaves it: the address that her browser was sent to.

    What a form_post page makes it send is written as the query of that address.
    """
    browser = requests.Session()
    browser.trust_env = False
    answer = browser.get(start, allow_redirects=False)
    for _ in range(MOST_PAGES):
        if "location" in answer.headers:
            following = urljoin(answer.url, answer.headers["location"])
            if not following.startswith(issuer):
                return following
            answer = browser.get(following, allow_redirects=False)
            continue
        form = Form()
        form.feed(answer.text)
        assert form.action is not None, f"{answer.status_code}, and no form to fill in, at {answer.url}: {answer.text}"
        action = urljoin(answer.url, form.action)
        if not action.startswith(issuer):
            return f"{action}?{urlencode(form.fields)}"
        answer = browser.post(action, data=form.fields, allow_redirects=False)
    raise AssertionError(f"more than {MOST_PAGES} pages from {start}")


class Form(HTMLParser):
    """The first form of a page that is posted, with everything typed in and the first button pressed that says yes."""

    def __init__(self):
        super().__init__()
        self.action = None
        self.fields = {}
        self._inside = False
        self._button = None
        self._pressed = False

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and self.action is None and attributes.get("method") == "post":
            self.action = attributes["action"]
            self._inside = True
        elif self._inside and tag == "input" and "name" in attributes:
            name = attributes["name"]
            self.fields[name] = ALICE.get(name, attributes.get("value", ""))
        elif self._inside and tag == "button":
            self._button = attributes

    def handle_data(self, data):
        if self._button is not None and not self._pressed and data.strip() not in NO | {""}:
            self._pressed = True
            if "name" in self._button:
                self.fields[self._button["name"]] = self._button["value"]

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        elif tag == "button":
            self._button = None

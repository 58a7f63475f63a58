//! What can be told of accessibility (WCAG 2.2, A and AA) from the text of a page, without a browser.

use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};

/// One success criterion, and what on a page breaks it.
type Criterion = fn(&Page) -> Vec<String>;

#[rustfmt::skip]
const CRITERIA: &[(&str, Criterion)] = &[
    ("1.1.1 images have a text",                images),
    ("1.3.1 headings are in order",             headings),
    ("1.3.1 landmarks",                         landmarks),
    ("1.3.1 lists and tables are what they say", lists),
    ("1.3.1 ids are unique, and found",         ids),
    ("1.3.5 fields say what they take",         autocomplete),
    ("1.4.4 text can be enlarged",              zoom),
    ("2.1.1 what can be used can be focused",   focus),
    ("2.4.1 the frame can be skipped",          skip),
    ("2.4.2 the page has a title",              title),
    ("2.4.4 links say where they lead",         links),
    ("3.1.1 the page has a language",           language),
    ("3.3.1 a problem is told at its field",    problems_at_fields),
    ("3.3.2 fields have labels",                labels),
    ("4.1.2 buttons have names",                buttons),
    ("no style or script inline",               inline),
];

/// A page as an assistive technology reads it.
struct Page(Html);

/// Everything that keeps somebody from using this page.
pub fn problems(html: &str) -> Vec<String> {
    let page = Page(Html::parse_document(html));
    let syntax = page.0.errors.iter().map(|error| format!("no valid HTML: {error}"));
    let broken = CRITERIA
        .iter()
        .flat_map(|(criterion, check)| check(&page).into_iter().map(move |problem| format!("{criterion}: {problem}")));
    syntax.chain(broken).collect()
}

impl Page {
    fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.0.select(&Selector::parse(selector).unwrap()).collect()
    }

    fn count(&self, selector: &str) -> usize {
        self.all(selector).len()
    }

    /// The problems of all that a selector finds.
    fn each(&self, selector: &str, problem: impl Fn(ElementRef<'_>) -> Option<&'static str>) -> Vec<String> {
        let told = |element: ElementRef<'_>| problem(element).map(|says| format!("{says}: {}", element.html()));
        self.all(selector).into_iter().filter_map(told).collect()
    }
}

/// What an element is called: its label for whoever does not see it, or its text.
fn name(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    element.attr("aria-label").unwrap_or(&text).trim().to_owned()
}

fn exactly_one(page: &Page, selector: &str) -> Option<String> {
    let count = page.count(selector);
    (count != 1).then(|| format!("there are {count} of {selector}"))
}

fn images(page: &Page) -> Vec<String> {
    page.each("img:not([alt]), svg:not([aria-label]), input[type=image]", |_| Some("without a text"))
}

fn headings(page: &Page) -> Vec<String> {
    let levels: Vec<usize> = page
        .all("h1, h2, h3, h4, h5, h6")
        .iter()
        .filter_map(|heading| heading.value().name()[1..].parse().ok())
        .collect();
    let skipped = levels.windows(2).filter(|pair| pair[1] > pair[0] + 1);
    let skipped = skipped.map(|pair| format!("h{} follows h{}", pair[1], pair[0]));
    let first = (levels.first() != Some(&1)).then(|| "the first heading is no h1".to_owned());
    let mut problems: Vec<String> = skipped.chain(first).chain(exactly_one(page, "h1")).collect();
    problems.extend(page.each("h1, h2, h3", |heading| name(heading).is_empty().then_some("empty")));
    problems
}

fn landmarks(page: &Page) -> Vec<String> {
    let mut problems: Vec<String> =
        ["body > header", "body > main", "body > footer"].iter().filter_map(|one| exactly_one(page, one)).collect();
    let outside = "body > :not(header, main, footer, script, a.skip)";
    problems.extend(page.each(outside, |_| Some("outside of every landmark")));
    problems.extend(page.each("nav:not([aria-label])", |_| Some("without a name")));
    problems
}

fn lists(page: &Page) -> Vec<String> {
    let parent = |element: ElementRef<'_>, names: &[&str]| {
        element.parent().and_then(ElementRef::wrap).is_some_and(|parent| names.contains(&parent.value().name()))
    };
    let mut problems = page.each("li", |item| (!parent(item, &["ul", "ol"])).then_some("outside of a list"));
    problems.extend(page.each("dt, dd", |item| (!parent(item, &["dl"])).then_some("outside of a list")));
    problems.extend(page.each("ul > :not(li), ol > :not(li), dl > :not(dt, dd)", |_| Some("in a list")));
    problems.extend(page.each("dl > dt:last-child", |_| Some("a name without a description")));
    problems.extend(page.each("th:not([scope])", |_| Some("a heading of nothing")));
    problems
}

fn ids(page: &Page) -> Vec<String> {
    let mut known = HashSet::new();
    let mut problems = page.each("[id]", |_| None);
    for element in page.all("[id]") {
        let id = element.attr("id").unwrap_or_default();
        if !known.insert(id) {
            problems.push(format!("{id} is there twice"));
        }
    }
    for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls"] {
        for element in page.all(&format!("[{attribute}]")) {
            let lost = element.attr(attribute).unwrap_or_default().split(' ').filter(|id| !known.contains(id));
            problems.extend(lost.map(|id| format!("{attribute} names {id}, which is not there")));
        }
    }
    for link in page.all("a[href^='#']") {
        let id = &link.attr("href").unwrap_or_default()[1..];
        if !known.contains(id) {
            problems.push(format!("a link leads to {id}, which is not there"));
        }
    }
    problems
}

fn autocomplete(page: &Page) -> Vec<String> {
    page.each("input:not([type=hidden])", |field| match (field.attr("name"), field.attr("autocomplete")) {
        (None, _) => Some("a field without a name"),
        (_, None) => Some("autocomplete is not said"),
        (Some("username"), Some("username")) | (Some("password"), Some("current-password")) => None,
        (Some("username" | "password"), _) => Some("autocomplete says something else"),
        _ => None,
    })
}

fn zoom(page: &Page) -> Vec<String> {
    let mut problems: Vec<String> = exactly_one(page, "meta[name=viewport]").into_iter().collect();
    problems.extend(page.each("meta[name=viewport]", |meta| {
        let content = meta.attr("content").unwrap_or_default();
        (content != "width=device-width, initial-scale=1").then_some("more than the width is set")
    }));
    problems
}

fn focus(page: &Page) -> Vec<String> {
    let mut problems = page.each("[tabindex]", |element| {
        let order: i32 = element.attr("tabindex").unwrap_or_default().parse().unwrap_or(1);
        (order > 0).then_some("an order of its own")
    });
    problems.extend(page.each("a:not([href])", |_| Some("a link that cannot be followed")));
    problems.extend(page.each("[accesskey]", |_| Some("a key that somebody may need")));
    problems.extend(page.each("[aria-hidden=true] a, [aria-hidden=true] button", |_| Some("hidden, yet in the way")));
    if page.count("[autofocus]") > 1 {
        problems.push("several fields want the focus".to_owned());
    }
    problems
}

fn skip(page: &Page) -> Vec<String> {
    exactly_one(page, "body > a.skip:first-child[href='#main']").into_iter().collect()
}

fn title(page: &Page) -> Vec<String> {
    let mut problems: Vec<String> = exactly_one(page, "head > title").into_iter().collect();
    problems.extend(page.each("head > title", |title| (name(title).len() < 5).then_some("no title")));
    problems
}

fn links(page: &Page) -> Vec<String> {
    let mut problems = page.each("a", |link| match name(link).to_lowercase().as_str() {
        "" => Some("a link without a text"),
        "here" | "click here" | "more" | "link" | "read more" => Some("a link that does not say where it leads"),
        _ => None,
    });
    problems.extend(page.each("a[target]", |_| Some("a window that nobody asked for")));
    problems.extend(page.each("nav a", |link| {
        let address = link.attr("href").unwrap_or_default();
        (!address.starts_with(['/', '#'])).then_some("leads elsewhere")
    }));
    problems
}

fn language(page: &Page) -> Vec<String> {
    exactly_one(page, "html[lang=en]").into_iter().collect()
}

fn problems_at_fields(page: &Page) -> Vec<String> {
    page.each("[aria-invalid=true]", |field| {
        field.attr("aria-describedby").is_none().then_some("it does not say what is wrong")
    })
}

fn labels(page: &Page) -> Vec<String> {
    let labelled: HashSet<&str> =
        page.all("label").into_iter().filter(|label| !name(*label).is_empty()).filter_map(|l| l.attr("for")).collect();
    page.each("input:not([type=hidden]), select, textarea", |field| {
        let has_label = field.attr("id").is_some_and(|id| labelled.contains(id));
        (!has_label && field.attr("aria-label").is_none()).then_some("no label")
    })
}

fn buttons(page: &Page) -> Vec<String> {
    let mut problems = page.each("button, summary", |button| name(button).is_empty().then_some("no name"));
    problems.extend(page.each("button:not([type])", |_| Some("a button that may send more than it says")));
    problems.extend(page.each("form:not([method=post])", |_| Some("a form whose fields end up in the address")));
    for form in page.all("form") {
        if form.select(&Selector::parse("button[type=submit]").unwrap()).next().is_none() {
            problems.push("a form that cannot be sent".to_owned());
        }
    }
    problems
}

fn inline(page: &Page) -> Vec<String> {
    let mut problems = page.each("style, [style], script:not([src])", |_| Some("inline"));
    problems.extend(page.each("script, link[rel=stylesheet], img, iframe", |element| {
        let address = element.attr("src").or(element.attr("href")).unwrap_or_default();
        (!address.starts_with('/') || address.starts_with("//")).then_some("from elsewhere")
    }));
    for element in page.all("*") {
        if element.value().attrs().any(|(name, _)| name.starts_with("on")) {
            problems.push(format!("a script in an attribute: {}", element.html()));
        }
    }
    problems
}

#[test]
fn each_criterion_finds_what_breaks_it() {
    let page = |head: &str, body: &str| {
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>A page</title>{head}</head>\
             <body><a class=\"skip\" href=\"#main\">Skip</a><header><p>x</p></header>\
             <main id=\"main\"><h1>A page</h1>{body}</main><footer><p>x</p></footer></body></html>"
        )
    };
    assert_eq!(problems(&page("", "<p>Fine.</p>")), Vec::<String>::new());
    #[rustfmt::skip]
    let broken = [
        ("1.1.1", page("", "<img src=\"/x.png\">")),
        ("1.3.1", page("", "<h3>Too deep</h3>")),
        ("1.3.1", page("", "").replace("<footer>", "<div>").replace("</footer>", "</div>")),
        ("1.3.1", page("", "<p><li>Alone</li></p>")),
        ("1.3.1", page("", "<p id=\"a\">x</p><p id=\"a\">y</p>")),
        ("1.3.5", page("", "<label for=\"a\">A</label><input id=\"a\" name=\"username\" autocomplete=\"off\">")),
        ("1.4.4", page("", "").replace("initial-scale=1", "maximum-scale=1")),
        ("2.1.1", page("", "<p tabindex=\"1\">x</p>")),
        ("2.4.1", page("", "").replace("class=\"skip\"", "class=\"x\"")),
        ("2.4.2", page("", "").replace("A page</title>", "</title>")),
        ("2.4.4", page("", "<a href=\"/\">here</a>")),
        ("3.1.1", page("", "").replace(" lang=\"en\"", "")),
        ("3.3.1", page("", "<label for=\"a\">A</label><input id=\"a\" name=\"a\" autocomplete=\"off\" aria-invalid=\"true\">")),
        ("3.3.2", page("", "<input name=\"a\" autocomplete=\"off\">")),
        ("4.1.2", page("", "<button type=\"submit\"></button>")),
        ("no style", page("", "<p style=\"x\">x</p>")),
        ("no style", page("", "<p onclick=\"x\">x</p>")),
        ("no valid HTML", page("", "<p>x</b></p>")),
    ];
    for (criterion, html) in broken {
        let found = problems(&html);
        assert!(found.iter().any(|problem| problem.starts_with(criterion)), "{criterion}: {found:?}");
    }
}

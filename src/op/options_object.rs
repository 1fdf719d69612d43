//! OPTIONS Object.

use crate::error::{Error, Result};
use crate::op::{Operation, Param};
use crate::wire::{Method, Pairs, Reply, Request, fault, xml};

/// Asks whether a browser on another site would be allowed to make a request, as the browser itself
/// does before it.
///
/// Source: <https://cloud.tencent.com/document/product/436/8288>
#[derive(Clone, Debug)]
pub struct OptionsObject {
    key: String,
    query: Pairs,
    headers: Pairs,
}

impl OptionsObject {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OWN];

    /// The object's key, the site that asks (`https://www.qq.com`), and the method it wants to use.
    pub fn new(key: impl Into<String>, origin: &str, method: &str) -> Self {
        let mut headers = Pairs::new();
        headers.set("Origin", origin);
        headers.set("Access-Control-Request-Method", method);
        Self {
            key: key.into(),
            query: Pairs::new(),
            headers,
        }
    }

    crate::op::params! {
        const OWN;
        /// The headers that the site wants to send, with commas between them.
        access_control_request_headers(&str) => header "Access-Control-Request-Headers";
    }

    crate::op::free_pairs!();
}

/// What the bucket's CORS rules say.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct OptionsObjectOutput {
    /// True when no rule allows it; the rest is then empty.
    pub forbidden: bool,
    /// The sites that may ask, `*` for all.
    pub access_control_allow_origin: Option<String>,
    /// The methods that are allowed, with commas between them.
    pub access_control_allow_methods: Option<String>,
    /// The headers that may be sent, with commas between them.
    pub access_control_allow_headers: Option<String>,
    /// The headers that the site may read, with commas between them.
    pub access_control_expose_headers: Option<String>,
    /// For how many seconds the answer holds.
    pub access_control_max_age: Option<u64>,
}

impl Operation for OptionsObject {
    const NAME: &'static str = "OptionsObject";
    type Output = OptionsObjectOutput;

    fn request(&self) -> Result<Request<'_>> {
        for (name, header) in [
            ("origin", "Origin"),
            ("method", "Access-Control-Request-Method"),
        ] {
            if self.headers.get(header).is_none_or(str::is_empty) {
                return Err(Error::invalid(name, "is empty"));
            }
        }
        Ok(Request::object(Method::Options, &self.key)
            .with_query(self.query.clone())
            .with_headers(self.headers.clone()))
    }

    /// A refusal is an answer to the question.
    fn accepts(status: u16) -> bool {
        status == 403 || status / 100 == 2
    }

    fn read(&self, reply: Reply) -> Result<OptionsObjectOutput> {
        if reply.status == 403 {
            return forbidden(reply);
        }
        Ok(OptionsObjectOutput {
            forbidden: false,
            access_control_allow_origin: reply.text("Access-Control-Allow-Origin"),
            access_control_allow_methods: reply.text("Access-Control-Allow-Methods"),
            access_control_allow_headers: reply.text("Access-Control-Allow-Headers"),
            access_control_expose_headers: reply.text("Access-Control-Expose-Headers"),
            access_control_max_age: reply.number("Access-Control-Max-Age"),
        })
    }
}

/// Tells a refusal by the CORS rules from one of the request itself.
fn forbidden(reply: Reply) -> Result<OptionsObjectOutput> {
    let (status, headers) = (reply.status, reply.headers.clone());
    let document = reply.into_document()?;
    let code = xml::error_document(&document).map(|said| said.code);
    if code.is_some_and(|code| code != "AccessForbidden") {
        let reply = Reply::new(status, headers, Box::new(std::io::Cursor::new(document)));
        return Err(fault::of_reply(reply));
    }
    Ok(OptionsObjectOutput {
        forbidden: true,
        ..OptionsObjectOutput::default()
    })
}

//! What can go wrong, as a client sees it: problem details (RFC 9457) with stable codes and a sentence that helps.

use serde_json::{Map, Value, json};

use crate::db::constraints;
pub use crate::db::constraints::Constraint;
use crate::text::{Lang, Said, Text};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A kind of problem: its code and status never change.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: &'static str,
    pub status: u16,
    pub title: Text,
}

impl Problem {
    pub const fn new(code: &'static str, status: u16, vi: &'static str, en: &'static str) -> Self {
        Self { code, status, title: Text::new(vi, en) }
    }
}

macro_rules! problems {
    ($($name:ident $status:literal $code:literal $vi:literal $en:literal;)*) => {
        $(pub static $name: Problem = Problem::new($code, $status, $vi, $en);)*
        /// The problems that any operation may answer; rooms add their own.
        pub static COMMON: &[&Problem] = &[$(&$name),*];
    };
}

problems! {
    MALFORMED_JSON 400 "malformed_json" "Nội dung gửi lên không phải JSON hợp lệ" "The body is not valid JSON";
    INVALID_CURSOR 400 "invalid_cursor" "Con trỏ trang không hợp lệ" "The page cursor is not valid";
    BAD_REQUEST 400 "bad_request" "Yêu cầu không hợp lệ" "The request is not valid";
    UNAUTHENTICATED 401 "unauthenticated" "Cần đăng nhập" "Sign in first";
    TOKEN_INVALID 401 "token_invalid" "Mã truy cập không hợp lệ" "The access token is not valid";
    TOKEN_EXPIRED 401 "token_expired" "Mã truy cập đã hết hạn" "The access token has expired";
    SESSION_REVOKED 401 "session_revoked" "Phiên đăng nhập đã bị thu hồi" "The session was revoked";
    TERM_ENDED 401 "term_ended" "Nhiệm kỳ hoặc quyền truy cập đã hết" "The term of your rights has ended";
    SIGN_IN_FAILED 401 "sign_in_failed" "Sai thông tin đăng nhập" "The sign-in data are wrong";
    FORBIDDEN 403 "forbidden" "Không có quyền thực hiện" "You may not do this";
    INSUFFICIENT_SCOPE 403 "insufficient_scope" "Ứng dụng không có phạm vi cần thiết" "The API client lacks the scope";
    NOT_FOUND 404 "not_found" "Không tìm thấy" "Not found";
    METHOD_NOT_ALLOWED 405 "method_not_allowed" "Phương thức không được hỗ trợ" "The method is not supported here";
    REQUEST_TIMEOUT 408 "request_timeout" "Nội dung gửi lên đến quá chậm" "The body came too slowly";
    CONFLICT 409 "conflict" "Xung đột với dữ liệu hiện có" "In conflict with what is there";
    ID_TAKEN 409 "id_taken" "Mã định danh đã được dùng" "The id is taken";
    WRONG_STATE 409 "wrong_state" "Trạng thái hiện tại không cho phép hành động này" "The present status does not allow this action";
    RESYNC_REQUIRED 410 "resync_required" "Cần đồng bộ lại từ đầu" "Synchronise anew";
    PRECONDITION_FAILED 412 "precondition_failed" "Dữ liệu đã được thay đổi từ lần đọc trước" "It changed since you read it";
    BODY_TOO_LARGE 413 "body_too_large" "Nội dung gửi lên quá lớn" "The body is too large";
    URI_TOO_LONG 414 "uri_too_long" "Địa chỉ quá dài" "The address is too long";
    UNSUPPORTED_MEDIA_TYPE 415 "unsupported_media_type" "Kiểu nội dung không được hỗ trợ" "The content type is not supported";
    VALIDATION_FAILED 422 "validation_failed" "Dữ liệu chưa đúng" "The data are not valid";
    COMMUNE_REQUIRED 422 "commune_required" "Cần chọn một xã" "Name one commune";
    IDEMPOTENCY_KEY_REUSED 422 "idempotency_key_reused" "Khóa chống lặp đã dùng cho yêu cầu khác" "The idempotency key belongs to another request";
    PRECONDITION_REQUIRED 428 "precondition_required" "Cần tiêu đề If-Match" "The header If-Match is required";
    TOO_MANY_REQUESTS 429 "too_many_requests" "Quá nhiều lần thử" "Too many tries";
    INTERNAL 500 "internal" "Lỗi của hệ thống" "An error of ours";
    UNAVAILABLE 503 "unavailable" "Hệ thống đang bận" "The service is busy";
}

/// What is wrong with one field. The pointer is a JSON Pointer into the body, or `?name` for a query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub pointer: String,
    pub code: &'static str,
    pub detail: Said,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: Said) -> Self {
        Self { pointer: pointer.into(), code, detail }
    }
}

/// A refusal or failure on its way to the client.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    problem: &'static Problem,
    detail: Option<Said>,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    headers: Vec<(&'static str, String)>,
    cause: Option<String>,
    constraint: Option<String>,
    /// Somebody held a lock for longer than this may wait.
    locked: bool,
}

impl Error {
    pub fn new(problem: &'static Problem) -> Self {
        let (errors, members, headers) = Default::default();
        Self(Box::new(Inner { problem, detail: None, errors, members, headers, cause: None, constraint: None, locked: false }))
    }

    /// Says what exactly is wrong.
    pub fn detail(mut self, detail: impl Into<Said>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds a member of the problem's own, for example `allowed_actions`.
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.into(), value.into());
        self
    }

    /// The same about a part of what was sent: its errors point below `place`.
    pub fn under(mut self, place: &str) -> Self {
        for field in &mut self.0.errors {
            field.pointer = format!("{place}{}", field.pointer);
        }
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    pub fn fields(errors: Vec<FieldError>) -> Self {
        let mut error = Self::new(&VALIDATION_FAILED);
        error.0.errors = errors;
        error
    }

    pub fn field(pointer: impl Into<String>, code: &'static str, detail: Said) -> Self {
        Self::fields(vec![FieldError::new(pointer, code, detail)])
    }

    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    pub fn not_found() -> Self {
        Self::new(&NOT_FOUND)
    }

    pub fn forbidden() -> Self {
        Self::new(&FORBIDDEN)
    }

    /// The service cannot do it just now; the client tries again.
    pub fn unavailable() -> Self {
        Self::new(&UNAVAILABLE).header("Retry-After", "2")
    }

    /// Too many tries; `seconds` until the next one counts.
    pub fn too_many(seconds: i64) -> Self {
        Self::new(&TOO_MANY_REQUESTS).header("Retry-After", seconds.max(1).to_string())
    }

    /// A failure of ours: logged with its cause, shown without it.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let mut error = Self::new(&INTERNAL);
        error.0.cause = Some(cause.to_string());
        error
    }

    pub fn problem(&self) -> &'static Problem {
        self.0.problem
    }

    /// What is wrong, for people.
    pub fn said(&self) -> Said {
        self.0.detail.clone().unwrap_or_else(|| self.0.problem.title.into())
    }

    pub fn status(&self) -> u16 {
        self.0.problem.status
    }

    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.0.headers
    }

    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// What the database said: the constraint that was broken, for `explain`, and its words, for the log.
    pub fn with_constraint(mut self, constraint: Option<&str>, cause: String) -> Self {
        // A server that spreads a table over others says which part of it: `hamlets_code_key_102063`.
        let whole = |name: &str| {
            name.rsplit_once('_')
                .filter(|(_, part)| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
                .map_or(name.to_owned(), |(whole, _)| whole.into())
        };
        (self.0.constraint, self.0.cause) = (constraint.map(whole), Some(cause));
        self
    }

    /// It waited for a lock for too long.
    pub fn locked(mut self) -> Self {
        self.0.locked = true;
        self
    }

    /// Turns the breach of a named constraint into what it means for the client: as the room says, else by its name.
    pub fn explain(self, table: &str, constraints: &[Constraint]) -> Self {
        let Some(name) = self.0.constraint.as_deref() else { return self };
        match constraints.iter().find(|known| known.name == name) {
            Some(known) => {
                let field = FieldError::new(known.pointer, known.code, known.text.into());
                Self::new(known.problem).with_errors(vec![field])
            }
            None => constraints::missing(table, name).map_or(self, |field| Self::fields(vec![field])),
        }
    }

    /// The problem document.
    pub fn document(&self, lang: Lang, request_id: &str) -> Value {
        let inner = &self.0;
        let mut out = json!({
            "type": format!("/v1/problems/{}", inner.problem.code),
            "title": inner.problem.title.of(lang),
            "status": inner.problem.status,
            "code": inner.problem.code,
            "request_id": request_id,
        });
        if let Some(out) = out.as_object_mut() {
            if let Some(detail) = &inner.detail {
                out.insert("detail".into(), detail.of(lang).into());
            }
            if !inner.errors.is_empty() {
                let errors = inner.errors.iter().map(|e| json!({"pointer": e.pointer, "code": e.code, "detail": e.detail.of(lang)}));
                out.insert("errors".into(), errors.collect());
            }
            out.extend(inner.members.clone());
        }
        out
    }
}

impl Error {
    /// Whether it waited for a lock for too long.
    pub fn is_locked(&self) -> bool {
        self.0.locked
    }

    /// Whether another row that refers to this one stood in the way.
    pub fn is_reference(&self) -> bool {
        self.0.constraint.is_some() && self.problem() == &VALIDATION_FAILED
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

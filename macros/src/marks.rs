//! The marks of a record and of its fields, as they are written.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, Field, GenericArgument, Ident, LitStr, Path, PathArguments, Result, Token, Type, parenthesized};

/// What is true of the record as a whole.
pub struct Record {
    pub table: Ident,
    pub policy: Option<Expr>,
    pub taken: Option<Expr>,
    pub status: Option<Path>,
    pub feed: Option<Expr>,
    pub lists_by: Option<Ident>,
    /// What bodies and filter are called after, where it is not the row's own name.
    pub called: Option<Ident>,
    /// What relation's place the row itself is: `hamlet` for a hamlet.
    pub itself: Option<Ident>,
    pub open: Option<Expr>,
    pub here: Option<Expr>,
    pub lead: Option<LitStr>,
    pub create: Option<Type>,
    pub update: Option<Type>,
    pub derive: Option<Expr>,
    pub filter: Option<Type>,
    pub follows: Vec<Follows>,
    /// The classes of fields within a part that is written out flat.
    pub inside: Vec<(Ident, Ident)>,
    /// The description of a list's parameter `status`.
    pub any_status: Option<LitStr>,
    /// Its lists may be sorted by the time of making, beside what fields say.
    pub by_age: bool,
}

/// `"activities"."hamlet_id" by Row => activity_id`
pub struct Follows {
    pub of: LitStr,
    pub field: LitStr,
    pub by: Ident,
    pub via: Ident,
}

impl Parse for Follows {
    fn parse(input: ParseStream) -> Result<Self> {
        let of = input.parse()?;
        input.parse::<Token![.]>()?;
        let field = input.parse()?;
        let by: Ident = input.parse()?;
        if by != "by" {
            return Err(Error::new(by.span(), "`\"table\".\"field\" by Row => column`, or `by Owner`"));
        }
        let by = input.parse()?;
        input.parse::<Token![=>]>()?;
        Ok(Self { of, field, by, via: input.parse()? })
    }
}

impl Parse for Record {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut record = Self {
            table: input.parse()?,
            policy: None,
            taken: None,
            status: None,
            feed: None,
            lists_by: None,
            called: None,
            itself: None,
            open: None,
            here: None,
            lead: None,
            create: None,
            update: None,
            derive: None,
            filter: None,
            follows: vec![],
            inside: vec![],
            any_status: None,
            by_age: false,
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let name: Ident = input.parse()?;
            if name == "follows" {
                let inner;
                parenthesized!(inner in input);
                record.follows = Punctuated::<Follows, Token![,]>::parse_terminated(&inner)?.into_iter().collect();
                continue;
            }
            if name == "inside" {
                let inner;
                parenthesized!(inner in input);
                while !inner.is_empty() {
                    let field = inner.parse()?;
                    inner.parse::<Token![=]>()?;
                    record.inside.push((field, inner.parse()?));
                    if !inner.is_empty() {
                        inner.parse::<Token![,]>()?;
                    }
                }
                continue;
            }
            if name == "by_age" {
                record.by_age = true;
                continue;
            }
            input.parse::<Token![=]>()?;
            match name.to_string().as_str() {
                "any_status" => record.any_status = Some(input.parse()?),
                "policy" => record.policy = Some(input.parse()?),
                "taken" => record.taken = Some(input.parse()?),
                "status" => record.status = Some(input.parse()?),
                "feed" => record.feed = Some(input.parse()?),
                "lists_by" => record.lists_by = Some(input.parse()?),
                "called" => record.called = Some(input.parse()?),
                "itself" => record.itself = Some(input.parse()?),
                "open" => record.open = Some(input.parse()?),
                "here" => record.here = Some(input.parse()?),
                "lead" => record.lead = Some(input.parse()?),
                "create" => record.create = Some(input.parse()?),
                "update" => record.update = Some(input.parse()?),
                "derive" => record.derive = Some(input.parse()?),
                "filter" => record.filter = Some(input.parse()?),
                other => return Err(Error::new(name.span(), format!("a record has no mark `{other}`; see the macro's documentation"))),
            }
        }
        Ok(record)
    }
}

/// Who says what a field holds.
#[derive(PartialEq, Clone, Copy)]
pub enum Says {
    /// The service.
    Service,
    /// The creation, once.
    Once,
    /// The creation and every change.
    Open,
    /// Changes alone.
    Later,
    /// The creation, for what follows from it: the row has no such field.
    Beside,
}

/// How a list's parameter asks for a field.
#[derive(PartialEq, Clone, Copy)]
pub enum Ask {
    Exactly,
    Any,
    Range,
    Has,
}

/// A list's parameter.
#[derive(Clone)]
pub struct Filter {
    pub ask: Ask,
    /// The parameter's name, where it is not the field's.
    pub name: Option<Ident>,
    pub ty: Option<Type>,
    pub text: LitStr,
}

/// A field with what is true of it.
#[derive(Clone)]
pub struct Marked {
    pub name: Ident,
    pub ty: Type,
    /// Documentation and what else other derives read.
    pub attrs: Vec<Attribute>,
    pub docs: Vec<Attribute>,
    pub says: Says,
    /// The type of what is sent, where it is not the column's.
    pub sent: Option<Type>,
    pub default: Option<Option<Expr>>,
    pub made: Option<Expr>,
    /// The variant of the class.
    pub class: &'static str,
    pub filter: Option<Filter>,
    /// Whether it is the usual order.
    pub sort: Option<bool>,
    pub search: bool,
    pub personal: bool,
    /// The list of kinds that it holds codes of.
    pub kind: Option<LitStr>,
    /// Who may create such rows changes it, and nobody else who may change the row.
    pub office: bool,
    /// `campaign`, `unit`, ...: where the row lies.
    pub lies: Vec<Ident>,
}

impl Marked {
    /// A field that every row has.
    pub fn common(name: &str, ty: Type) -> Self {
        Self {
            name: Ident::new(name, Span::call_site()),
            ty,
            attrs: vec![],
            docs: vec![],
            says: Says::Service,
            sent: None,
            default: None,
            made: None,
            class: "Public",
            filter: None,
            sort: None,
            search: false,
            personal: false,
            kind: None,
            office: false,
            lies: vec![],
        }
    }

    pub fn of(field: Field) -> Result<Self> {
        let span = field.ident.as_ref().map_or_else(Span::call_site, Ident::span);
        let name = field.ident.ok_or_else(|| Error::new(span, "a record's fields have names"))?;
        let mut marked = Self { name, class: "Staff", ..Self::common("x", field.ty) };
        for attr in field.attrs {
            if attr.path().is_ident("field") {
                attr.parse_args_with(|input: ParseStream| marked.read(input))?;
                continue;
            }
            if attr.path().is_ident("doc") {
                marked.docs.push(attr.clone());
            }
            marked.attrs.push(attr);
        }
        Ok(marked)
    }

    fn read(&mut self, input: ParseStream) -> Result<()> {
        while !input.is_empty() {
            let mark: Ident = input.parse()?;
            match mark.to_string().as_str() {
                "given" | "changes" | "later" => {
                    self.says = match mark.to_string().as_str() {
                        "given" => Says::Once,
                        "changes" => Says::Open,
                        _ => Says::Later,
                    };
                    if input.peek(Token![=]) {
                        input.parse::<Token![=]>()?;
                        self.sent = Some(input.parse()?);
                    }
                }
                "sent" => self.says = Says::Beside,
                "default" => {
                    self.default = Some(None);
                    if input.peek(Token![=]) {
                        input.parse::<Token![=]>()?;
                        self.default = Some(Some(input.parse()?));
                    }
                }
                "made" => {
                    input.parse::<Token![=]>()?;
                    self.made = Some(input.parse()?);
                }
                "public" => self.class = "Public",
                "staff" => self.class = "Staff",
                "contact" => self.class = "Contact",
                "military" => self.class = "Military",
                "sensitive" => self.class = "Sensitive",
                "filter" | "any" | "range" | "has" => self.filter = Some(Self::filter(&mark, input)?),
                "sort" => {
                    self.sort = Some(false);
                    if input.peek(Token![=]) {
                        input.parse::<Token![=]>()?;
                        self.sort = Some(input.parse::<Ident>()? == "first");
                    }
                }
                "search" => self.search = true,
                "personal" => self.personal = true,
                "kind" => {
                    input.parse::<Token![=]>()?;
                    self.kind = Some(input.parse()?);
                }
                "office" => self.office = true,
                "campaign" | "unit" | "hamlet" | "user" | "client" | "owner" | "in_campaign" | "in_unit" | "in_hamlet" => self.lies.push(mark),
                other => return Err(Error::new(mark.span(), format!("a field has no mark `{other}`; see the macro's documentation"))),
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }

    fn filter(mark: &Ident, input: ParseStream) -> Result<Filter> {
        let ask = match mark.to_string().as_str() {
            "any" => Ask::Any,
            "range" => Ask::Range,
            "has" => Ask::Has,
            _ => Ask::Exactly,
        };
        let (mut name, mut ty) = (None, None);
        if input.peek(syn::token::Paren) {
            let inner;
            parenthesized!(inner in input);
            if inner.peek(Ident) && inner.peek2(Token![:]) && !inner.peek2(Token![::]) {
                name = Some(inner.parse()?);
                inner.parse::<Token![:]>()?;
            }
            ty = Some(inner.parse()?);
        }
        input.parse::<Token![=]>().map_err(|error| Error::new(error.span(), format!("`{mark} = \"…\"`: a list's parameter is described")))?;
        Ok(Filter { ask, name, ty, text: input.parse()? })
    }

    /// What is inside of an `Option`.
    pub fn inner(&self) -> Option<&Type> {
        argument(&self.ty, "Option")
    }
}

/// The type argument of a wrapper of this name.
pub fn argument<'t>(ty: &'t Type, wrapper: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if last.ident == wrapper => Some(inner),
        _ => None,
    }
}

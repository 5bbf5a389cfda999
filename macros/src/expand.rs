//! What the list of fields becomes.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Error, Fields, Ident, ItemStruct, Path, Result, Type, parse_quote};

use crate::marks::{Ask, Marked, Record, Says, argument};

/// The pieces that all parts are made of.
struct Parts {
    record: Record,
    name: Ident,
    /// The room's own fields, in the order written.
    own: Vec<Marked>,
    /// What a creation sends beside them.
    beside: Vec<Marked>,
    /// All fields of the row, in the order of its JSON.
    all: Vec<Marked>,
    status: Path,
}

pub fn record(record: Record, item: ItemStruct) -> Result<TokenStream> {
    let Fields::Named(fields) = item.fields else { return Err(Error::new_spanned(item.ident, "a record is a struct with named fields")) };
    let written = fields.named.into_iter().map(Marked::of).collect::<Result<Vec<_>>>()?;
    let (beside, own): (Vec<_>, Vec<_>) = written.into_iter().partition(|field| field.says == Says::Beside);
    let status = record.status.clone().ok_or_else(|| Error::new(record.table.span(), "`status = …` tells the status of a new row"))?;
    let all = all_fields(&record, &own, &status);
    let parts = Parts { record, name: item.ident, beside, own, all, status };
    let (attrs, vis) = (item.attrs, item.vis);
    let row = parts.row(&attrs, &vis);
    let (create, update, filter) = (parts.create()?, parts.update(), parts.filter()?);
    let (journal, stored) = (parts.journal(), parts.stored()?);
    Ok(quote! { #row #create #update #filter #journal #stored })
}

fn all_fields(record: &Record, own: &[Marked], status: &Path) -> Vec<Marked> {
    let doc = |text: &str, mut field: Marked| {
        field.attrs = vec![parse_quote!(#[doc = #text])];
        field
    };
    let mut all = vec![doc(" Its id.", Marked::common("id", parse_quote!(::uuid::Uuid)))];
    if record.feed.is_none() {
        all.push(doc(" The commune.", Marked::common("commune_id", parse_quote!(::uuid::Uuid))));
    }
    all.push(doc(" The number of the last change: the commune's, or that of what all communes share.", Marked::common("version", parse_quote!(i64))));
    let moment: Type = parse_quote!(::chrono::DateTime<::chrono::Utc>);
    all.push(doc(" When the record was made (UTC).", Marked::common("created_at", moment.clone())));
    all.push(doc(" When the record last changed (UTC).", Marked::common("updated_at", moment)));
    all.extend(own.iter().cloned());
    all.push(doc(" Its status.", Marked::common("status", type_of(status))));
    let hidden = |name: &str, ty: Type| {
        let mut field = Marked::common(name, ty);
        field.attrs = vec![parse_quote!(#[serde(skip)]), parse_quote!(#[schema(ignore)])];
        field
    };
    if own.iter().any(|field| field.search) {
        all.push(hidden("search", parse_quote!(String)));
    }
    all.push(hidden("request_hash", parse_quote!(Vec<u8>)));
    all
}

/// The type of an enum's variant.
fn type_of(variant: &Path) -> Type {
    let mut path = variant.clone();
    path.segments.pop();
    path.segments.pop_punct();
    Type::Path(syn::TypePath { qself: None, path })
}

impl Parts {
    fn status_type(&self) -> Type {
        type_of(&self.status)
    }

    fn row(&self, attrs: &[syn::Attribute], vis: &syn::Visibility) -> TokenStream {
        let (name, table) = (&self.name, &self.record.table);
        let fields = self.all.iter().map(|field| {
            let (attrs, name, ty) = (&field.attrs, &field.name, &field.ty);
            // `Json<T>` is T in JSON.
            let within = argument(ty, "Option").unwrap_or(ty);
            let schema = argument(within, "Json")
                .filter(|_| !attrs.iter().any(|attr| attr.path().is_ident("schema")))
                .map(|value| if field.inner().is_some() { quote!(#[schema(value_type = Option<#value>)]) } else { quote!(#[schema(value_type = #value)]) });
            quote!(#(#attrs)* #schema pub #name: #ty)
        });
        quote! {
            #[derive(Debug, Clone, ::diesel::Queryable, ::diesel::Selectable, ::serde::Serialize, ::utoipa::ToSchema)]
            #[diesel(table_name = crate::db::schema::#table)]
            #(#attrs)*
            #vis struct #name { #(#fields,)* }
        }
    }

    /// `CreateX`, and the row that it asks for.
    fn create(&self) -> Result<TokenStream> {
        let given: Vec<&Marked> = self.own.iter().filter(|field| matches!(field.says, Says::Once | Says::Open)).collect();
        if given.is_empty() || self.record.create.is_some() {
            return Ok(quote!());
        }
        let (row, name) = (&self.name, format_ident!("Create{}", self.called()));
        let fields = given.iter().map(|field| {
            let (docs, name, sent) = (&field.docs, &field.name, in_creation(field));
            let optional = field.inner().is_some() || field.default.is_some();
            if optional { quote!(#(#docs)* pub #name: Option<#sent>) } else { quote!(#(#docs)* pub #name: #sent) }
        });
        let beside = self.beside.iter().map(|field| {
            let (docs, name, ty) = (&field.docs, &field.name, &field.ty);
            quote!(#(#docs)* pub #name: #ty)
        });
        let commune = self.record.feed.is_none().then(|| quote!(/** The commune. */ pub commune_id: ::uuid::Uuid,));
        let values = self.own.iter().map(|field| {
            let name = &field.name;
            let value = match (&field.says, field.inner(), &field.default) {
                (Says::Service | Says::Later, ..) => match &field.made {
                    Some(value) => quote!(#value),
                    None => quote!(::std::default::Default::default()),
                },
                (_, Some(_), _) => quote!(sent.#name.map(::std::convert::Into::into)),
                (_, None, Some(Some(value))) => quote!(sent.#name.map(::std::convert::Into::into).unwrap_or_else(|| #value)),
                (_, None, Some(None)) => quote!(sent.#name.map(::std::convert::Into::into).unwrap_or_default()),
                (_, None, None) => quote!(sent.#name.into()),
            };
            quote!(#name: #value)
        });
        let searched = self.own.iter().any(|field| field.search).then(|| quote!(search: String::new(),));
        let in_commune = commune.as_ref().map(|_| quote!(commune_id: sent.commune_id,));
        let feed = self.feed(&quote!(self));
        let status = &self.status;
        let doc = format!("A new `{row}`.");
        Ok(quote! {
            #[doc = #doc]
            #[derive(Debug, ::serde::Deserialize, ::utoipa::ToSchema)]
            #[serde(deny_unknown_fields)]
            pub struct #name {
                /// Chosen by the client, so that it can repeat the request; made by the service when left out.
                pub id: Option<::uuid::Uuid>,
                #commune
                #(#fields,)*
                #(#beside,)*
            }

            impl crate::web::table::Created for #row { type New = #name; }

            impl crate::web::table::New<#row> for #name {
                fn id(&self) -> Option<::uuid::Uuid> { self.id }
                fn feed(&self) -> ::uuid::Uuid { #feed }
                fn row(self, id: ::uuid::Uuid, now: ::chrono::DateTime<::chrono::Utc>, request_hash: Vec<u8>) -> #row {
                    let sent = self;
                    let row = #row {
                        id, #in_commune version: 0, created_at: now, updated_at: now,
                        #(#values,)*
                        status: #status, #searched request_hash,
                    };
                    crate::web::table::Record::derived(row)
                }
            }
        })
    }

    /// `UpdateX`, and how it changes a row.
    fn update(&self) -> TokenStream {
        let open: Vec<&Marked> = self.own.iter().filter(|field| matches!(field.says, Says::Open | Says::Later)).collect();
        if open.is_empty() || self.record.update.is_some() {
            return quote!();
        }
        let (row, name) = (&self.name, format_ident!("Update{}", self.called()));
        let fields = open.iter().map(|field| {
            let (docs, name, sent) = (&field.docs, &field.name, sent(field));
            let change = if field.inner().is_some() { quote!(Clear) } else { quote!(Change) };
            quote!(#(#docs)* #[serde(default)] pub #name: crate::web::patch::#change<#sent>)
        });
        let names = open.iter().map(|field| &field.name);
        let doc = format!("Changes of a `{row}` (merge patch).");
        quote! {
            #[doc = #doc]
            #[derive(Debug, Default, ::serde::Deserialize, ::utoipa::ToSchema)]
            #[serde(deny_unknown_fields)]
            pub struct #name { #(#fields,)* }

            impl crate::web::table::Changed for #row { type Patch = #name; }

            impl crate::web::table::Patch<#row> for #name {
                fn onto(self, row: #row) -> #row {
                    let mut row = row;
                    #(self.#names.apply(&mut row.#names);)*
                    crate::web::table::Record::derived(row)
                }
            }
        }
    }

    /// `XFilter`, and the condition that it makes.
    fn filter(&self) -> Result<TokenStream> {
        if self.record.filter.is_some() {
            return Ok(quote!());
        }
        let (name, table) = (self.filter_name(), self.record.table.to_string());
        let (mut fields, mut conditions) = (vec![], vec![]);
        let mut ask = |field: &Marked| {
            let Some(filter) = &field.filter else { return };
            let (name, text) = (filter.name.as_ref().unwrap_or(&field.name), &filter.text);
            let column = format!("{table}.{}", field.name);
            let ty = filter.ty.clone().unwrap_or_else(|| {
                let inner = field.inner().unwrap_or(&field.ty);
                argument(inner, "Vec").filter(|_| filter.ask == Ask::Has).unwrap_or(inner).clone()
            });
            match filter.ask {
                Ask::Exactly | Ask::Has => {
                    let plain = ["Uuid", "String", "i32", "bool"].iter().any(|known| matches!(&ty, Type::Path(path) if path.path.is_ident(known)));
                    let shown = (!plain).then(|| quote!(#[param(value_type = Option<String>)]));
                    fields.push(quote!(#[doc = #text] #shown pub #name: Option<#ty>));
                    let condition = if filter.ask == Ask::Has { format!("{{}} = ANY({column})") } else { format!("{column} = {{}}") };
                    conditions.push(quote!(all.extend(self.#name.clone().map(|value| crate::db::sql::Sql::of(#condition, [value])));));
                }
                Ask::Any => {
                    fields.push(quote!(#[doc = #text] #[param(value_type = Option<Vec<#ty>>)] pub #name: Option<crate::web::values::AnyOf<#ty>>));
                    let list = argument(&field.ty, "Vec").is_some();
                    let condition = if list { format!("{column} && {{}}") } else { format!("{column} = ANY({{}})") };
                    conditions.push(quote!(all.extend(self.#name.as_ref().map(|any| crate::db::sql::Sql::of(#condition, [any.0.clone()])));));
                }
                Ask::Range => {
                    for (end, word, sign) in [("from", "later", ">="), ("to", "earlier", "<=")] {
                        let (name, doc) = (format_ident!("{name}_{end}"), format!("{} or {word}.", text.value()));
                        fields.push(quote!(#[doc = #doc] #[param(value_type = Option<::chrono::NaiveDate>)] pub #name: Option<crate::web::values::Day>));
                        let condition = format!("{column} {sign} {{}}");
                        conditions.push(quote!(all.extend(self.#name.map(|day| crate::db::sql::Sql::of(#condition, [day.0])));));
                    }
                }
            }
        };
        self.own.iter().for_each(&mut ask);
        if let Some(text) = &self.record.any_status {
            let filter = Some(crate::marks::Filter { ask: Ask::Any, name: None, ty: None, text: text.clone() });
            ask(&Marked { filter, ..Marked::common("status", self.status_type()) });
        }
        Ok(quote! {
            /// Filters of the list.
            #[derive(Debug, Default, ::serde::Deserialize, ::utoipa::IntoParams)]
            #[serde(deny_unknown_fields)]
            pub struct #name { #(#fields,)* }

            impl crate::web::table::Filter for #name {
                fn conditions(&self) -> Vec<crate::db::sql::Sql> {
                    let mut all = vec![];
                    #(#conditions)*
                    all
                }
            }
        })
    }

    fn called(&self) -> &Ident {
        self.record.called.as_ref().unwrap_or(&self.name)
    }

    fn filter_name(&self) -> Ident {
        format_ident!("{}Filter", self.called())
    }

    fn feed(&self, row: &TokenStream) -> TokenStream {
        match &self.record.feed {
            Some(feed) => quote!(#feed),
            None => quote!(#row.commune_id),
        }
    }

    /// The field that has a mark, and what it gives as an optional id.
    fn place(&self, mark: &str) -> TokenStream {
        if self.record.itself.as_ref().is_some_and(|itself| itself == mark) {
            return quote!(Some(self.id));
        }
        match self.marked(mark).or_else(|| self.marked(&format!("in_{mark}"))) {
            Some(field) if field.inner().is_some() => {
                let name = &field.name;
                quote!(self.#name)
            }
            Some(field) => {
                let name = &field.name;
                quote!(Some(self.#name))
            }
            None => quote!(None),
        }
    }

    fn marked(&self, mark: &str) -> Option<&Marked> {
        self.own.iter().find(|field| field.lies.iter().any(|lies| lies == mark))
    }

    /// What the journal knows of the row.
    fn journal(&self) -> TokenStream {
        let (row, table) = (&self.name, self.record.table.to_string());
        let feed = self.feed(&quote!(self));
        let (campaign, hamlet, unit) = (self.place("campaign"), self.place("hamlet"), self.place("unit"));
        let personal = self.own.iter().filter(|field| field.personal).map(|field| field.name.to_string());
        let owned = self.marked("owner").is_some() || self.record.itself.as_ref().is_some_and(|itself| itself == "owner");
        let owner = if owned { self.place("owner") } else { self.place("user") };
        quote! {
            impl crate::journal::Row for #row {
                const KIND: &'static str = #table;
                const PERSONAL: &'static [&'static str] = &[#(#personal),*];
                fn id(&self) -> ::uuid::Uuid { self.id }
                fn feed(&self) -> ::uuid::Uuid { #feed }
                fn version(&self) -> i64 { self.version }
                fn status(&self) -> &'static str { self.status.name() }
                fn stamp(&mut self, version: i64, now: ::chrono::DateTime<::chrono::Utc>) {
                    self.version = version;
                    self.updated_at = now;
                }
                fn place(&self) -> crate::journal::Place {
                    crate::journal::Place { campaign_id: #campaign, hamlet_id: #hamlet, unit_id: #unit, owner_id: #owner }
                }
            }
        }
    }

    /// The row as a table inside its reach.
    fn stored(&self) -> Result<TokenStream> {
        let (row, table, record) = (&self.name, &self.record.table, &self.record);
        let policy = record.policy.as_ref().ok_or_else(|| Error::new(table.span(), "`policy = …` tells who may do what"))?;
        let kind = table.to_string();
        let columns: Vec<&Ident> = self.all.iter().map(|field| &field.name).collect();
        let texts: Vec<String> = columns.iter().map(|column| column.to_string()).collect();
        let numbers = 0..columns.len();
        let selected = texts.iter().map(|column| format!("{kind}.{column}")).collect::<Vec<_>>().join(", ");
        let filter = match &record.filter {
            Some(filter) => quote!(#filter),
            None => {
                let name = self.filter_name();
                quote!(#name)
            }
        };
        let commune = match (&record.feed, &record.lists_by) {
            (None, _) => quote!(Some("commune_id")),
            (Some(_), Some(column)) => {
                let column = column.to_string();
                quote!(Some(#column))
            }
            (Some(_), None) => quote!(None),
        };
        let shared = match &record.feed {
            Some(feed) => quote!(Some(#feed)),
            None => quote!(None),
        };
        let search: Vec<String> = self.own.iter().filter(|field| field.search).map(|field| field.name.to_string()).collect();
        let kinds = self.own.iter().filter_map(|field| {
            let (name, list, text) = (&field.name, field.kind.as_ref()?, field.name.to_string());
            Some(quote!(crate::web::table::Kinds::of(#list, #text, &self.#name)))
        });
        let kinds: Vec<TokenStream> = kinds.collect();
        let kinds = (!kinds.is_empty()).then(|| {
            quote!(
                fn kinds(&self) -> Vec<crate::web::table::Kinds<'_>> {
                    vec![#(#kinds),*]
                }
            )
        });
        let derive = record.derive.as_ref().map(|derive| quote!(#derive(&mut self);));
        let searched = (!search.is_empty()).then(|| {
            let words = self.own.iter().filter(|field| field.search).map(|field| &field.name);
            quote! {
                let mut words: Vec<&str> = vec![];
                #(crate::web::table::Words::words(&self.#words, &mut words);)*
                self.search = crate::text::fold(&words.join(" "));
            }
        });
        let derived = (searched.is_some() || derive.is_some()).then(|| {
            quote! {
                fn derived(mut self) -> Self {
                    #derive
                    #searched
                    self
                }
            }
        });
        let mut sorted: Vec<&Marked> = self.own.iter().filter(|field| field.sort.is_some()).collect();
        sorted.sort_by_key(|field| field.sort != Some(true));
        let mut sorts: Vec<(&Ident, &Type)> = sorted.into_iter().map(|field| (&field.name, &field.ty)).collect();
        let made: (Ident, Type) = (Ident::new("created_at", Span::call_site()), parse_quote!(::chrono::DateTime<::chrono::Utc>));
        if record.by_age || sorts.is_empty() {
            sorts.push((&made.0, &made.1));
        }
        let sort_names: Vec<String> = sorts.iter().map(|(name, _)| name.to_string()).collect();
        let (sort_columns, sort_types): (Vec<&Ident>, Vec<&Type>) = sorts.into_iter().unzip();
        let classes = self.own.iter().filter(|field| field.class != "Staff").map(|field| {
            let (name, class) = (field.name.to_string(), Ident::new(field.class, Span::call_site()));
            quote!((#name, crate::access::roles::Class::#class))
        });
        let inside = record.inside.iter().map(|(field, class)| {
            let name = field.to_string();
            quote!((#name, crate::access::roles::Class::#class))
        });
        let classes = classes.chain(inside);
        let projected = self.all.iter().map(projected).collect::<Result<Vec<_>>>()?;
        let office = self.own.iter().filter(|field| field.office).map(|field| field.name.to_string());
        let references = self.all.iter().filter(|field| is(field.inner().unwrap_or(&field.ty), "Uuid")).map(|field| {
            let (column, name) = (field.name.to_string(), &field.name);
            if field.inner().is_some() { quote!(#column => self.#name,) } else { quote!(#column => Some(self.#name),) }
        });
        let taken = record.taken.as_ref().map_or_else(|| quote!(&[]), |taken| quote!(#taken));
        let follows = record.follows.iter().map(|follows| {
            let (of, field, by, via) = (&follows.of, &follows.field, &follows.by, follows.via.to_string());
            quote!(crate::web::table::Follows { of: #of, field: #field, by: crate::web::table::Key::#by, via: #via })
        });
        let (lies, status) = (self.lies(), self.status_type());
        Ok(quote! {
            impl #row {
                /// The classes of its fields; one that is not named is the staff's.
                pub const FIELDS: crate::access::roles::Fields = &[#(#classes),*];

                /// Where its rows lie.
                pub const LIES: &'static crate::access::relations::Lies = &#lies;
            }

            impl crate::web::table::Record for #row {
                const POLICY: &'static crate::access::reach::Policy = &#policy;
                const TABLE: &'static crate::web::table::Table = &crate::web::table::Table {
                    name: #kind,
                    columns: &[#(#texts),*],
                    selected: #selected,
                    commune: #commune,
                    shared_feed: #shared,
                    search: &[#(#search),*],
                    sorts: &[#(#sort_names),*],
                    taken: #taken,
                    follows: &[#(#follows),*],
                    lies: Self::LIES,
                };
                const OFFICE: &'static [&'static str] = &[#(#office),*];
                type Sql = (#(::diesel::dsl::SqlTypeOf<crate::db::schema::#table::#columns>,)*);
                type Filter = #filter;

                fn depends() -> &'static [String] {
                    static READ: ::std::sync::OnceLock<Vec<String>> = ::std::sync::OnceLock::new();
                    READ.get_or_init(|| Self::LIES.reads(Self::POLICY))
                }

                fn bind<'b>(&'b self, column: usize, mut out: ::diesel::query_builder::AstPass<'_, 'b, ::diesel::pg::Pg>) -> ::diesel::QueryResult<()> {
                    use crate::db::schema::#table;
                    match column {
                        #(#numbers => out.push_bind_param::<::diesel::dsl::SqlTypeOf<#table::#columns>, _>(&self.#columns),)*
                        _ => Ok(()),
                    }
                }

                fn project(&self, out: &mut crate::web::table::Projection) {
                    use crate::access::roles::Class;
                    #(#projected)*
                }

                fn reference(&self, field: &str) -> Option<::uuid::Uuid> {
                    match field {
                        #(#references)*
                        _ => None,
                    }
                }

                fn sort_key(&self, sort: &str) -> ::serde_json::Value {
                    match sort {
                        #(#sort_names => ::serde_json::json!(self.#sort_columns),)*
                        _ => ::serde_json::Value::Null,
                    }
                }

                fn sort_bind(sort: &str, key: &::serde_json::Value) -> Option<crate::db::sql::Bind> {
                    match sort {
                        #(#sort_names => <#sort_types as ::serde::Deserialize>::deserialize(key).ok().map(Into::into),)*
                        _ => None,
                    }
                }

                fn status_label(status: &str) -> Option<crate::text::Text> {
                    <#status>::parse(status).map(<#status>::label)
                }

                fn set_status(&mut self, status: &str) {
                    if let Some(status) = <#status>::parse(status) {
                        self.status = status;
                    }
                }

                fn request_hash(&self) -> &[u8] { &self.request_hash }

                #kinds

                #derived
            }
        })
    }

    /// Where its rows lie, for relations.
    fn lies(&self) -> TokenStream {
        let record = &self.record;
        let kind = record.table.to_string();
        let column = |mark: &str| {
            if record.itself.as_ref().is_some_and(|itself| itself == mark) {
                return quote!(Some("id"));
            }
            match self.marked(mark) {
                Some(field) => {
                    let name = field.name.to_string();
                    quote!(Some(#name))
                }
                None => quote!(None),
            }
        };
        let (campaign, unit, hamlet, user, client) = (column("campaign"), column("unit"), column("hamlet"), column("user"), column("client"));
        let open = record.open.as_ref().map_or_else(|| quote!(None), |open| quote!(#open));
        let here = record.here.as_ref().map_or_else(|| quote!(None), |here| quote!(Some(#here)));
        let lead = record.lead.as_ref().map_or_else(|| quote!(None), |lead| quote!(Some(#lead)));
        let base = if self.all.iter().any(|field| field.name == "commune_id") { quote!(in_commune) } else { quote!(shared) };
        quote! {
            crate::access::relations::Lies {
                campaign: #campaign, unit: #unit, hamlet: #hamlet, user: #user, client: #client, activity: #lead,
                open: crate::access::relations::Open::#open, here: #here,
                ..crate::access::relations::Lies::#base(#kind)
            }
        }
    }
}

/// How a field goes out.
fn projected(field: &Marked) -> Result<TokenStream> {
    let (name, text, class) = (&field.name, field.name.to_string(), Ident::new(field.class, Span::call_site()));
    let of_serde = field.attrs.iter().find(|attr| attr.path().is_ident("serde")).map(|attr| attr.meta.require_list().map(|list| list.tokens.to_string()));
    match of_serde.transpose()?.as_deref() {
        Some("skip") => Ok(quote!()),
        Some("flatten") => Ok(quote!(out.flat(Self::FIELDS, &self.#name);)),
        Some(_) => Err(Error::new_spanned(name, "a record's field is written out as its type says, `skip` and `flatten` aside")),
        None if is(&field.ty, "DateTime") => Ok(quote!(out.moment(#text, Class::#class, Some(self.#name));)),
        None if field.inner().is_some_and(|inner| is(inner, "DateTime")) => Ok(quote!(out.moment(#text, Class::#class, self.#name);)),
        None => Ok(quote!(out.field(#text, Class::#class, &self.#name);)),
    }
}

/// Whether a type is called so, wherever it comes from.
fn is(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// The type of what is sent for a field.
fn sent(field: &Marked) -> Type {
    field.sent.clone().unwrap_or_else(|| field.inner().unwrap_or(&field.ty).clone())
}

/// The same in a creation, where an id is plain: only a change that may clear it needs a type of its own.
fn in_creation(field: &Marked) -> Type {
    match sent(field) {
        Type::Path(path) if path.path.is_ident("Id") => field.inner().unwrap_or(&field.ty).clone(),
        other => other,
    }
}

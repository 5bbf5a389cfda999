//! The SQL that every room's table has, generated from what differs between rooms.

/// Makes a row type a [`Stored`](crate::web::table::Stored) table. `lies` tells where its rows lie; `filtered` applies the room's
/// own filters to a boxed query; each sort names a column that is never null, with its type.
#[macro_export]
macro_rules! room_store {
    (@search $rows:ident, $table:ident, none, $search:ident) => {{
        let _ = $search;
        $rows
    }};
    (@search $rows:ident, $table:ident, $exact:ident, $search:ident) => {
        $rows.filter($table::search.like($search.folded.clone()))
    };
    (@exact $table:ident, none, $search:ident) => {{
        let _ = $search;
        Box::new(false.into_sql::<diesel::sql_types::Bool>().nullable())
    }};
    (@exact $table:ident, $exact:ident, $search:ident) => {
        Box::new($table::$exact.ilike($search.exact.clone()).nullable())
    };
    (
        table: $table:ident, row: $row:ty, policy: $policy:expr, lies: $lies:expr,
        filter: $filter:ty => $filtered:path,
        feed: $feed:expr, feed_column: $feed_column:expr, shared_feed: $shared:expr, commune_column: $commune_column:expr,
        place: $place:expr, status: $status:ty,
        search: $search:tt,
        sorts: { $($sort:literal => $column:ident: $kind:ty),+ $(,)? },
        constraints: $constraints:expr
        $(, follows: { $($of:literal . $field:literal by $key:ident => $via:ident),+ $(,)? })? $(,)?
    ) => {
        impl $crate::journal::Row for $row {
            const KIND: &'static str = stringify!($table);
            fn id(&self) -> uuid::Uuid { self.id }
            fn feed(&self) -> uuid::Uuid { let feed: fn(&Self) -> uuid::Uuid = $feed; feed(self) }
            fn version(&self) -> i64 { self.version }
            fn status(&self) -> &'static str { self.status.name() }
            fn stamp(&mut self, version: i64, now: chrono::DateTime<chrono::Utc>) {
                self.version = version;
                self.updated_at = now;
            }
            fn place(&self) -> $crate::journal::Place { let place: fn(&Self) -> $crate::journal::Place = $place; place(self) }
        }

        impl $crate::web::table::Stored for $row {
            const POLICY: &'static $crate::access::reach::Policy = &$policy;
            const LIES: &'static $crate::access::relations::Lies = &$lies;
            fn depends() -> &'static [String] {
                static READ: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
                READ.get_or_init(|| {
                    assert_eq!(Self::LIES.table, stringify!($table));
                    Self::LIES.reads(Self::POLICY)
                })
            }
            const CONSTRAINTS: &'static [$crate::error::Constraint] = $constraints;
            const SHARED_FEED: Option<uuid::Uuid> = $shared;
            const FOLLOWS: &'static [$crate::web::table::Follows] =
                &[$($($crate::web::table::Follows { of: $of, field: $field, by: $crate::web::table::Key::$key }),+)?];
            type Filter = $filter;

            async fn page(lane: &$crate::db::Lane, query: &$crate::web::query::ListQuery<$filter>) -> $crate::error::Result<Vec<$crate::web::table::Found<Self>>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let exactly = |search: &Option<$crate::web::query::Search>| -> $crate::web::table::Predicate<$table::table> {
                    match search {
                        Some(search) => $crate::room_store!(@exact $table, $search, search),
                        None => Box::new(false.into_sql::<diesel::sql_types::Bool>().nullable()),
                    }
                };
                let mut rows = $table::table
                    .select((Self::as_select(), query.reach.mask(Self::LIES), exactly(&query.search)))
                    .filter(query.reach.within(query.reach.policy.read, Self::LIES))
                    .into_boxed();
                if let Some(commune) = query.commune {
                    rows = rows.filter($commune_column.eq(commune));
                }
                if let Some(search) = &query.search {
                    rows = $crate::room_store!(@search rows, $table, $search, search).order(exactly(&query.search).desc());
                }
                rows = $filtered(rows, query);
                match query.sort.as_str() {
                    $($sort => {
                        if let Some(after) = &query.after {
                            let key: $kind = serde_json::from_value(after.k.clone()).map_err(|_| $crate::error::Error::new(&$crate::error::INVALID_CURSOR))?;
                            let behind: $crate::web::table::Predicate<$table::table> = if query.descending {
                                Box::new($table::$column.le(key.clone()).and($table::$column.lt(key).or($table::id.lt(after.i))).nullable())
                            } else {
                                Box::new($table::$column.ge(key.clone()).and($table::$column.gt(key).or($table::id.gt(after.i))).nullable())
                            };
                            rows = match (&query.search, after.r) {
                                (None, _) => rows.filter(behind),
                                (Some(_), true) => rows.filter(diesel::dsl::not(exactly(&query.search)).or(behind)),
                                (Some(_), false) => rows.filter(diesel::dsl::not(exactly(&query.search)).and(behind)),
                            };
                        }
                        rows = if query.descending {
                            rows.then_order_by(($table::$column.desc(), $table::id.desc()))
                        } else {
                            rows.then_order_by(($table::$column.asc(), $table::id.asc()))
                        };
                    })+
                    _ => return Err($crate::error::Error::internal("a sort that the table does not know")),
                }
                let connection = lane.connection().await?;
                let found: Vec<(Self, Vec<Option<bool>>, Option<bool>)> = rows.limit(query.limit).load(&mut &*connection).await?;
                Ok(found.into_iter().map(|(row, mask, exact)| (row, mask, exact.unwrap_or(false))).collect())
            }

            async fn total(lane: &$crate::db::Lane, query: &$crate::web::query::ListQuery<$filter>) -> $crate::error::Result<i64> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let exact: $crate::web::table::Predicate<$table::table> = Box::new(false.into_sql::<diesel::sql_types::Bool>().nullable());
                let mut rows = $table::table
                    .select((Self::as_select(), query.reach.mask(Self::LIES), exact))
                    .filter(query.reach.within(query.reach.policy.read, Self::LIES))
                    .into_boxed();
                if let Some(commune) = query.commune {
                    rows = rows.filter($commune_column.eq(commune));
                }
                if let Some(search) = &query.search {
                    rows = $crate::room_store!(@search rows, $table, $search, search);
                }
                let connection = lane.connection().await?;
                Ok($filtered(rows, query).count().get_result(&mut &*connection).await?)
            }

            async fn find(lane: &$crate::db::Lane, reach: &$crate::access::reach::Reach, id: uuid::Uuid) -> $crate::error::Result<Option<(Self, Vec<Option<bool>>)>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let connection = lane.connection().await?;
                let rows = $table::table.filter($table::id.eq(id)).filter(reach.within(reach.policy.read, Self::LIES)).select((Self::as_select(), reach.mask(Self::LIES)));
                Ok(rows.first(&mut &*connection).await.optional()?)
            }

            async fn many(lane: &$crate::db::Lane, reach: &$crate::access::reach::Reach, ids: Vec<uuid::Uuid>) -> $crate::error::Result<Vec<(Self, Vec<Option<bool>>)>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let connection = lane.connection().await?;
                let rows = $table::table.filter($table::id.eq_any(ids)).filter(reach.within(reach.policy.read, Self::LIES)).select((Self::as_select(), reach.mask(Self::LIES)));
                Ok(rows.load(&mut &*connection).await?)
            }

            async fn after(lane: &$crate::db::Lane, reach: &$crate::access::reach::Reach, commune: uuid::Uuid, after: uuid::Uuid, limit: i64) -> $crate::error::Result<Vec<(Self, Vec<Option<bool>>)>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let connection = lane.connection().await?;
                let rows = $table::table.filter($commune_column.eq(commune).and($table::id.gt(after))).filter(reach.within(reach.policy.read, Self::LIES));
                Ok(rows.order($table::id).limit(limit).select((Self::as_select(), reach.mask(Self::LIES))).load(&mut &*connection).await?)
            }

            async fn changed(lane: &$crate::db::Lane, reach: &$crate::access::reach::Reach, commune: uuid::Uuid, since: i64) -> $crate::error::Result<Vec<(Self, Vec<Option<bool>>)>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let connection = lane.connection().await?;
                let rows = $table::table.filter($commune_column.eq(commune).and($table::version.gt(since))).filter(reach.within(reach.policy.read, Self::LIES));
                Ok(rows.order($table::id).select((Self::as_select(), reach.mask(Self::LIES))).load(&mut &*connection).await?)
            }

            async fn formerly(
                lane: &$crate::db::Lane, reach: &$crate::access::reach::Reach, states: $crate::web::table::States, overlay: Option<$crate::web::table::Overlay>,
            ) -> $crate::error::Result<Vec<(uuid::Uuid, bool)>> {
                use diesel_async::RunQueryDsl;
                let connection = lane.connection().await?;
                let within = reach.within(reach.policy.read, Self::LIES);
                Ok($crate::web::table::Formerly::new(stringify!($table), states, overlay, within).load(&mut &*connection).await?)
            }

            async fn following(lane: &$crate::db::Lane, commune: uuid::Uuid, follows: &$crate::web::table::Follows, keys: Vec<uuid::Uuid>) -> $crate::error::Result<Vec<uuid::Uuid>> {
                match (follows.of, follows.field) {
                    $($(($of, $field) => {
                        use diesel::prelude::*;
                        use diesel_async::RunQueryDsl;
                        let connection = lane.connection().await?;
                        let rows = $table::table.filter($commune_column.eq(commune)).filter($table::$via.eq_any(keys));
                        Ok(rows.select($table::id).load(&mut &*connection).await?)
                    })+)?
                    _ => {
                        let _ = (lane, commune, keys);
                        Ok(vec![])
                    }
                }
            }

            async fn find_for_write(write: &mut $crate::journal::Write, reach: &$crate::access::reach::Reach, id: uuid::Uuid) -> $crate::error::Result<Option<(Self, Vec<Option<bool>>)>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let feed = write.feed;
                let rows = $table::table.filter($table::id.eq(id)).filter(reach.within(reach.policy.read, Self::LIES)).select((Self::as_select(), reach.mask(Self::LIES)));
                let found: Option<(Self, Vec<Option<bool>>)> = rows.first(write.connection()).await.optional()?;
                // A row of another feed is not protected by this write's lock.
                Ok(found.filter(|(row, _)| $crate::journal::Row::feed(row) == feed))
            }

            async fn many_for_write(write: &mut $crate::journal::Write, reach: &$crate::access::reach::Reach, ids: Vec<uuid::Uuid>) -> $crate::error::Result<Vec<(Self, Vec<Option<bool>>)>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let feed = write.feed;
                let rows = $table::table.filter($table::id.eq_any(ids)).filter(reach.within(reach.policy.read, Self::LIES)).select((Self::as_select(), reach.mask(Self::LIES)));
                let mut found: Vec<(Self, Vec<Option<bool>>)> = rows.load(write.connection()).await?;
                found.retain(|(row, _)| $crate::journal::Row::feed(row) == feed);
                Ok(found)
            }

            async fn insert(
                write: &mut $crate::journal::Write, reach: &$crate::access::reach::Reach, by: Option<$crate::access::roles::Grants>, row: &Self,
            ) -> diesel::QueryResult<Option<Vec<Option<bool>>>> {
                use diesel::OptionalExtension;
                use diesel_async::RunQueryDsl;
                let values = diesel::Insertable::<$table::table>::values(row).values;
                let within = by.map(|grants| reach.within(grants, Self::LIES));
                let made = $crate::web::table::Judged { table: stringify!($table), values, within, mask: reach.mask(Self::LIES), of: std::marker::PhantomData::<$table::table> };
                $crate::db::statement::Prepared(made).get_result(write.connection()).await.optional()
            }

            async fn update(write: &mut $crate::journal::Write, reach: &$crate::access::reach::Reach, row: &Self) -> diesel::QueryResult<Vec<Option<bool>>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let changed = diesel::update($table::table.filter($table::id.eq(row.id))).set(row).returning(reach.mask(Self::LIES));
                $crate::db::statement::Prepared(changed).get_result(write.connection()).await
            }

            async fn feed_of(lane: &$crate::db::Lane, id: uuid::Uuid) -> $crate::error::Result<Option<uuid::Uuid>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let connection = lane.connection().await?;
                Ok($table::table.filter($table::id.eq(id)).select($feed_column).first(&mut &*connection).await.optional()?)
            }

            fn sort_key(&self, sort: &str) -> serde_json::Value {
                match sort {
                    $($sort => serde_json::json!(self.$column),)+
                    _ => serde_json::Value::Null,
                }
            }

            fn set_status(&mut self, status: &str) {
                if let Some(status) = <$status>::parse(status) {
                    self.status = status;
                }
            }

            fn request_hash(&self) -> &[u8] {
                &self.request_hash
            }
        }
    };
}

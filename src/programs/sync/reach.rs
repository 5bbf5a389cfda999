//! What a caller's reach comes to in one commune just now. A row enters or leaves a reach by its own change, or by that
//! of a row that it follows; when one of these changes, half of everything may, and the copy is made anew.

use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::access::actor::Actor;
use crate::access::relations::MEANING;
use crate::db::Lane;
use crate::error::Result;
use crate::statement;

statement! {
    /// The rows that the relations of roles depend on: each relation's meaning (`access/relations.rs`), resolved.
    Resolve(
        commune: Uuid as SqlUuid, units: Vec<Uuid> as Array<SqlUuid>, hamlets: Vec<Uuid> as Array<SqlUuid>, user: Uuid as SqlUuid,
    ) -> (Text, SqlUuid, SqlUuid),
    "SELECT what, of_id, id FROM (
        SELECT 'partner_campaign' AS what, o.id AS of_id, k.id FROM units o
        JOIN military_units m ON m.ancestors @> ARRAY[o.military_unit_id] JOIN units u ON u.commune_id = o.commune_id AND u.military_unit_id = m.id
        JOIN campaigns k ON k.commune_id = o.commune_id AND k.partner_unit_ids @> ARRAY[u.id]
        WHERE o.commune_id = $1 AND o.id = ANY($2)
     UNION
        SELECT 'own_unit', o.id, u.id FROM units o JOIN units u ON u.commune_id = o.commune_id LEFT JOIN military_units m ON m.id = u.military_unit_id
        WHERE (u.id = o.id OR u.military_unit_id <> o.military_unit_id AND m.ancestors @> ARRAY[o.military_unit_id]) AND o.commune_id = $1 AND o.id = ANY($2)
     UNION
        SELECT 'function:' || f, o.id, o.id FROM units o, unnest(o.functions) AS f WHERE o.commune_id = $1 AND o.id = ANY($2)
     UNION
        SELECT 'former_hamlet', s.id, h.id FROM unnest($3) AS s(id) JOIN hamlets h ON h.commune_id = $1 AND h.successors @> ARRAY[s.id]
     UNION
        SELECT 'lead', $4, a.id FROM activities a JOIN campaigns k ON k.commune_id = a.commune_id AND k.id = a.campaign_id
        WHERE a.commune_id = $1 AND a.lead_user_id = $4 AND k.status NOT IN ('closed', 'archived', 'cancelled')
     UNION
        SELECT 'own', $4, v.id FROM volunteers v WHERE v.commune_id = $1 AND v.user_id = $4
     ) AS resolved ORDER BY what, of_id, id"
}

/// Stands for all that a caller's reach in a commune depends on beside the rows themselves.
pub async fn fingerprint(lane: &Lane, actor: &Actor, commune: Uuid) -> Result<String> {
    let here = || actor.grants.iter().filter(|grant| grant.commune_id.is_none_or(|own| own == commune));
    let sorted = |mut ids: Vec<Uuid>| {
        ids.sort();
        ids.dedup();
        ids
    };
    let (units, hamlets) = (sorted(here().filter_map(|grant| grant.unit_id).collect()), sorted(here().filter_map(|grant| grant.hamlet_id).collect()));
    let connection = lane.connection().await?;
    let resolve = Resolve { commune, units, hamlets, user: actor.user_id().unwrap_or_default() };
    let rows: Vec<(String, Uuid, Uuid)> = resolve.load(&mut &*connection).await?;
    let mut grants: Vec<String> =
        here().map(|grant| format!("{} {:?} {:?} {:?} {:?}", grant.role.name(), grant.commune_id, grant.unit_id, grant.hamlet_id, grant.campaign_id)).collect();
    grants.sort();
    grants.dedup();
    let mut hash = Sha256::new();
    hash.update(format!("{MEANING}{grants:?}{rows:?}"));
    if let Some(client) = &actor.client {
        hash.update(format!("{:?}{:?}{:?}", client.scopes, client.unit_id, client.campaign_id));
    }
    Ok(hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect())
}

//! Every lifecycle table is walked: from each status each action, and the answer follows from the table alone.

use danvan::access::lifecycle::Need;
use danvan::access::roles::{Relation, Role};
use danvan::web::operation::Kind;
use diesel_async::SimpleAsyncConnection as _;

use crate::support::{App, id, json, sample, world};

/// Somebody of commune `a` who holds this pair for the sample rows.
fn holder(role: Role, relation: Relation) -> &'static str {
    match (role, relation) {
        // The sample client is the officer's.
        (Role::CommuneLeader, Relation::Own) => "a.officer1",
        (Role::CommuneLeader, _) => "a.leader1",
        (Role::CommuneOfficer, _) => "a.officer1",
        (Role::PlatformAdmin, _) => "platform1",
        (Role::HamletHead, _) => "a.head1",
        // The sample part is a battalion's: its liaison answers for it.
        (Role::UnitOfficer | Role::UnitLiaison, _) => "a.liaison1",
        (Role::Member, Relation::Lead) => "a.observer2",
        _ => "a.volunteer1",
    }
}

#[tokio::test]
async fn every_step_is_allowed_from_its_statuses_and_from_no_other() {
    let app = App::start().await;
    world::a_day(&app).await;
    walk(&app).await;
}

/// Every action from every status.
pub async fn walk(app: &App) {
    let document = crate::support::document();
    let mut sql = app.sql().await;
    let mut steps = 0;
    for operation in danvan::app::operations() {
        let Kind::Act(step) = operation.kind else { continue };
        let policy = operation.policy.unwrap();
        let row = sample::row(app, policy.resource, "a").await;
        let token = app.token(holder(step.by[0].0, step.by[0].1)).await;
        let reader = app.token(if policy.resource == "communes" || policy.resource == "military_units" { "platform1" } else { "a.leader1" }).await;
        let statuses: std::collections::BTreeSet<&str> = policy.lifecycle.steps.iter().flat_map(|s| s.from.iter().copied().chain(s.to)).collect();
        for status in statuses {
            let reset = format!("UPDATE {} SET status = '{status}' WHERE id = '{row}'", policy.resource);
            sql.batch_execute(&reset).await.unwrap_or_else(|error| panic!("{reset}: {error}"));
            let path = operation.path.replace("{id}", &row.to_string());
            let body = sample::body(&document, operation, "a");
            let before = ticks(app).await;
            let reply = app.ask("POST", &token, &path).header("If-Match", "*").json(&body).send().await;
            let numbers = ticks(app).await - before;
            let case = format!("{} from {status}: {} {}", operation.id, reply.status, reply.text);
            assert!(!matches!(reply.status, 401 | 403 | 404 | 500 | 503), "{case}");
            // An invitation and an erasure write an account in the accounts' own feed, a hamlet's end its heads' rights.
            let twice = matches!(operation.id.as_str(), "invite_volunteer" | "anonymise_volunteer" | "merge_hamlet" | "rename_hamlet" | "dissolve_hamlet");
            let most = if twice { 2 } else { i64::from(reply.status == 200) };
            assert!(numbers <= most, "{case}: {numbers} numbers");
            let allowed = step.from.contains(&status) || step.to == Some(status);
            assert_eq!(reply.problem().1 == "wrong_state", !allowed, "{case}");
            if !allowed {
                assert_eq!(reply.body["current_status"], status, "{case}");
                let offered: Vec<&str> = reply.body["allowed_actions"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
                for other in policy.lifecycle.steps {
                    let may = other.from.contains(&status);
                    assert!(may || !offered.contains(&other.action), "{case}: offers {}", other.action);
                }
            }
            steps += 1;
            if step.needs(Need::Read) {
                let blind = app.post(&token, &path, body).await;
                assert_eq!(blind.problem().1, "precondition_required", "{case}");
            }
        }
        sql.batch_execute(&format!("UPDATE {} SET status = '{}' WHERE id = '{row}'", policy.resource, policy.lifecycle.initial)).await.unwrap();
        let shown = app.get(&reader, &format!("{}/{row}", operation.path.split("/{id}").next().unwrap())).await.expect(200);
        assert!(shown["allowed_actions"].is_array());
        // What earlier steps left behind: merged rows, ended grants, disabled people.
        sql.batch_execute("UPDATE users SET status = 'active'; UPDATE grants SET status = 'active'; UPDATE feeds SET number = number + 1 WHERE id = '00000000-0000-0000-0000-000000000002'").await.unwrap();
        let people = format!(
            "UPDATE volunteers SET user_id = '{}' WHERE id = '{}'; UPDATE activities SET status = 'open' WHERE id = '{}'",
            id("a.volunteer1"),
            id("a.person1"),
            id("a.activity1")
        );
        sql.batch_execute(&people).await.unwrap();
        sql.batch_execute(&format!(
            "UPDATE campaigns SET status = 'running' WHERE id = '{0}'; UPDATE road_registrations SET activity_ids = ARRAY['{2}'::uuid] WHERE commune_id = '{1}'; UPDATE hamlets SET successors = '{{}}', valid_to = NULL WHERE commune_id = '{1}'",
            id("a.campaign"),
            id("a"),
            id("a.activity1")
        ))
        .await
        .unwrap();
        app.service.pulse.forget();
    }
    for operation in danvan::app::operations().filter(|operation| matches!(operation.kind, Kind::Update)) {
        if operation.policy.unwrap().lifecycle.steps.is_empty() {
            continue;
        }
        let policy = operation.policy.unwrap();
        let row = sample::row(app, policy.resource, "a").await;
        let token = app.token(holder(policy.update[0].0, policy.update[0].1)).await;
        let statuses: std::collections::BTreeSet<&str> = policy.lifecycle.steps.iter().flat_map(|s| s.from.iter().copied().chain(s.to)).collect();
        assert!(policy.lifecycle.frozen.iter().all(|frozen| statuses.contains(frozen)), "{}: frozen in statuses that it has", policy.resource);
        for status in statuses {
            sql.batch_execute(&format!("UPDATE {} SET status = '{status}' WHERE id = '{row}'", policy.resource)).await.unwrap();
            let reply = app.patch(&token, &operation.path.replace("{id}", &row.to_string()), json!({})).await;
            let frozen = policy.lifecycle.frozen.contains(&status);
            assert_eq!(reply.problem().1 == "wrong_state", frozen, "{} in {status}: {} {}", operation.id, reply.status, reply.text);
        }
    }
    assert!(steps > 200, "{steps} cases");
    let reply = app.get("", "/v1/lifecycles").await;
    let again = app.ask("GET", "", "/v1/lifecycles").header("If-None-Match", reply.header("etag")).send().await;
    assert_eq!((again.status, again.text.as_str()), (304, ""), "a phone that has them fetches nothing");
    let served = reply.expect(200);
    let tables = danvan::app::rooms().iter().filter_map(|room| room.policy).filter(|policy| !policy.lifecycle.steps.is_empty()).count();
    assert_eq!(served["items"].as_array().unwrap().len(), tables);
}

/// The numbers of all feeds, added up: each write takes one.
async fn ticks(app: &App) -> i64 {
    use danvan::db::schema::feeds;
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    let numbers: Vec<i64> = feeds::table.select(feeds::number).load(&mut app.sql().await).await.unwrap();
    numbers.iter().sum()
}

//! Backup and restore, as an operator would drill it: by the script of `deploy/`.

use std::process::Command;

use danvan::db::binaries;
use danvan::db::supervise::{OWNER, default_home};

use crate::support::{App, id, json, secret_file, url};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_either_kind_restores_to_a_database_that_is_proved() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    for n in 0..5 {
        app.post(&officer, "/v1/hamlets", json!({"commune_id": id("a"), "code": format!("moi-{n}"), "name": "Ấp mới", "kind": "ap", "sort_order": n}))
            .await
            .expect(201);
    }
    danvan::journal::seals::seal(&mut app.sql().await, &app.service.secret, app.service.clock.now()).await.unwrap();
    let found = binaries::find_or_fetch(&default_home().unwrap().join("postgresql"), &|_| ()).unwrap();
    let folder = std::env::temp_dir().join(format!("danvan-drill-{}", danvan::random::token(8)));
    let source = url(OWNER, &app.database);
    let database = app.database.clone();
    let out = tokio::task::spawn_blocking({
        let folder = folder.clone();
        move || {
            let mut command = Command::new("deploy/drill.sh");
            command.arg(env!("CARGO_BIN_EXE_danvan")).arg(&folder).arg(source).env("PG_BIN", &found.bin).env("DANVAN_SECRET_FILE", secret_file());
            if let Some(libraries) = &found.libraries {
                command.env("LD_LIBRARY_PATH", libraries);
            }
            command.output().expect("a shell")
        }
    })
    .await
    .unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    std::fs::remove_dir_all(&folder).ok();
    assert!(out.status.success(), "{said}");
    for line in ["drill: the dump restored and proved", "drill: the base backup restored and proved", "drill: all holds"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    // The source knows nothing of the drill.
    let ready = app.get(&officer, "/v1/hamlets?count=true").await.expect(200);
    assert_eq!(ready["total"], 8, "{database}");
}

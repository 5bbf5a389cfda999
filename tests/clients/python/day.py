"""A campaign day by a script whose client was generated from the API document: a volunteer's phone is activated, the head's
phone works without a network and loses answers, and at the end its copy is what the service has.

Run by `tests/clients/run`, with the facts of a demo in the file that is named first.
"""

import importlib
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID, uuid4

import httpx

from generated import AuthenticatedClient, Client
from generated.api.activities import create_activity, open_activity, publish_activity, schedule_activity
from generated.api.activity_sums import get_activity_sum
from generated.api.auth import activate, login
from generated.api.batch import batch
from generated.api.hamlets import list_hamlets
from generated.api.sign_ups import check_in_many, create_sign_up
from generated.api.sync import get_sync_checksums, sync
from generated.api.volunteers import create_volunteer, invite_volunteer
from generated.models import (
    Activate,
    ActivityKind,
    ActivityPlace,
    Batch,
    BatchHeaders,
    BatchMethod,
    BatchOperation,
    BatchOperationBodyType0,
    CheckInItem,
    CheckIns,
    ConsentPurpose,
    CreateActivity,
    CreateSignUp,
    CreateVolunteer,
    GivenConsent,
    GivenVia,
    Login,
    PlaceKind,
    Presence,
    PublishActivity,
)
from generated.types import UNSET

FACTS = json.loads(Path(sys.argv[1]).read_text())
DOCUMENT = json.loads((Path(__file__).parents[3] / "openapi" / "danvan-v1.json").read_text())
COMMUNE = UUID(FACTS["commune_id"])


class Network(httpx.HTTPTransport):
    """While `losing`, what is asked is done, and its answer never comes."""

    losing = False

    def handle_request(self, request):
        answer = super().handle_request(request)
        if Network.losing:
            answer.read()
            raise httpx.ReadError("connection reset")
        return answer


def client(token=None):
    args = {"base_url": FACTS["base_url"], "httpx_args": {"transport": Network()}, "raise_on_unexpected_status": True}
    return AuthenticatedClient(token=token, **args) if token else Client(**args)


def done(answer, status=200):
    assert answer.status_code == status, answer.content
    return answer.parsed


def log_in(username):
    password = next(account["password"] for account in FACTS["accounts"] if account["username"] == username)
    signed_in = done(login.sync_detailed(client=client(), body=Login(username=username, password=password, device_name="script")))
    return client(signed_in.access_token)


def through_bad_network(send):
    """Sends until an answer comes; the first two are lost on the way back."""
    Network.losing = True
    for _ in range(2):
        try:
            send()
        except httpx.ReadError:
            continue
        raise AssertionError("the answer was not lost")
    Network.losing = False
    return send()


class Copy:
    """What a phone knows of what its user may see."""

    def __init__(self, api):
        self.api, self.rows, self.cursor = api, {}, UNSET

    def sync(self):
        more = True
        while more:
            page = done(sync.sync_detailed(client=self.api, commune=COMMUNE, resources=["activities", "sign-ups", "volunteers", "hamlets"], cursor=self.cursor))
            for kind, changes in page.changes.to_dict().items():
                self.rows.update({(kind, row["id"]): row for row in changes["upserted"]})
                for row in changes["removed"]:
                    self.rows.pop((kind, row["id"]), None)
            self.cursor, more = page.next_cursor, page.has_more
        return self


def consent():
    return GivenConsent(purpose=ConsentPurpose.PARTICIPATION, text_version="1", given_via=GivenVia.ORAL_TO_HEAD)


def every_operation_is_there():
    missing = []
    for item in DOCUMENT["paths"].values():
        for operation in item.values():
            try:
                importlib.import_module(f"generated.api.{operation['tags'][0]}.{operation['operationId']}")
            except ModuleNotFoundError:
                missing.append(operation["operationId"])
    assert missing == [], f"the generator left out {missing}"


def day():
    office, head = log_in("vanphong"), log_in("truongap1")
    hamlet = done(list_hamlets.sync_detailed(client=office, commune=COMMUNE, code="ap-1")).items[0].id
    now = datetime.now(timezone.utc)

    # The office makes an activity of today, opens it and shows it to the public.
    activity = uuid4()
    starts = now + timedelta(hours=1)
    done(
        create_activity.sync_detailed(
            client=office,
            body=CreateActivity(
                id=activity,
                commune_id=COMMUNE,
                campaign_id=UUID(FACTS["campaign_id"]),
                code=f"py-{activity.hex[:8]}",
                kind=ActivityKind.ROAD_LABOUR,
                title="Phát quang đường ấp 1",
                date=(starts + timedelta(hours=7)).date(),
                starts_at=starts,
                ends_at=now + timedelta(hours=4),
                place=ActivityPlace(kind=PlaceKind.HAMLET, name="Nhà văn hóa ấp 1"),
                hamlet_id=hamlet,
                outside_period=True,
            ),
        ),
        201,
    )
    for action in (schedule_activity, open_activity):
        done(action.sync_detailed(activity, client=office, if_match="*"))
    done(publish_activity.sync_detailed(activity, client=office, if_match="*", body=PublishActivity(public_title="Phát quang đường")))

    # The head enters a volunteer and invites them; their phone is activated with the code.
    volunteer = uuid4()
    person = CreateVolunteer(id=volunteer, commune_id=COMMUNE, full_name="Ngô Thị Ước", birth_year=1996, phone="0912000444", hamlet_id=hamlet, consents=[consent()])
    done(create_volunteer.sync_detailed(client=head, body=person), 201)
    code = done(invite_volunteer.sync_detailed(volunteer, client=head, if_match="*")).code
    phone = client(done(activate.sync_detailed(client=client(), body=Activate(code=code, device_name="Điện thoại của Ước", device_id=str(uuid4())))).access_token)
    copies = [Copy(phone).sync(), Copy(head).sync()]
    assert ("activities", str(activity)) in copies[0].rows and ("volunteers", str(volunteer)) in copies[1].rows

    # The volunteer signs up, through a network that loses answers: once.
    sign_up = uuid4()
    wish = CreateSignUp(id=sign_up, commune_id=COMMUNE, activity_id=activity, volunteer_id=volunteer)
    done(through_bad_network(lambda: create_sign_up.sync_detailed(client=phone, body=wish)))

    # The day itself, offline: the head writes down who came, and somebody without a sign-up.
    walk_in = uuid4()
    newcomer = CreateVolunteer(id=walk_in, commune_id=COMMUNE, full_name="Võ Văn Đượm", hamlet_id=hamlet, consents=[consent()])

    def operation(method, path, body, **headers):
        headers = BatchHeaders(**headers) if headers else UNSET
        return BatchOperation(id=str(uuid4()), method=method, path=path, headers=headers, body=BatchOperationBodyType0.from_dict(body))

    queue = Batch(
        operations=[
            operation(BatchMethod.POST, "/v1/volunteers", newcomer.to_dict()),
            operation(BatchMethod.PATCH, f"/v1/sign-ups/{sign_up}", {"note": "mang cuốc"}, if_match="*"),
            operation(BatchMethod.POST, f"/v1/sign-ups/{uuid4()}/actions/check_in", {}),
        ]
    )
    results = done(through_bad_network(lambda: batch.sync_detailed(client=head, body=queue))).results
    assert [(result.status, result.replayed) for result in results] == [(201, True), (200, True), (404, False)], results
    items = [
        CheckInItem(id=uuid4(), action=Presence.CHECK_IN, sign_up_id=sign_up, occurred_at=now),
        CheckInItem(id=uuid4(), action=Presence.CHECK_IN, activity_id=activity, volunteer_id=walk_in, occurred_at=now),
        CheckInItem(id=uuid4(), action=Presence.CHECK_IN, sign_up_id=sign_up, occurred_at=now),
    ]
    done(through_bad_network(lambda: check_in_many.sync_detailed(client=head, body=CheckIns(commune_id=COMMUNE, items=items))))
    assert done(get_activity_sum.sync_detailed(activity, client=office)).present == 2, "each person counts once"

    # Resync: both copies are what a new phone gets, and what the service says of them.
    for copy in copies:
        assert copy.sync().rows == Copy(copy.api).sync().rows
    counted = done(get_sync_checksums.sync_detailed(client=head, commune=COMMUNE, resources=["volunteers"])).items
    assert sum(item.count for item in counted) == sum(kind == "volunteers" for kind, _ in copies[1].rows)
    assert copies[1].rows[("sign_ups", str(sign_up))]["status"] == "checked_in"
    print(f"python: a day with {len(copies[1].rows)} rows in the head's copy and {len(copies[0].rows)} in the volunteer's")


every_operation_is_there()
day()

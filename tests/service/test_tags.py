"""ETags: nobody is sent what they have, and nobody changes what they have not read."""

import threading

from fastapi.testclient import TestClient

from tests.service.conftest import told
from tests.small import GRIEF, SPIDERS, TEENS


def test_a_record_is_not_sent_to_who_has_it(api: TestClient) -> None:
    path = f"/v1/therapists/{GRIEF}"
    read = api.get(path)
    tag = read.headers["etag"]
    assert tag.startswith('"')
    for known in (tag, f'W/{tag}, "other"', f'"other",{tag}', "*"):
        again = api.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    edited = api.patch(path, json={"accepting": False})
    assert edited.headers["etag"] != tag
    now = api.get(path, headers={"If-None-Match": tag})
    assert (now.status_code, now.headers["etag"]) == (200, edited.headers["etag"])
    assert api.get(f"/v1/therapists/{TEENS}").headers["etag"] != tag


def test_an_approach_has_a_tag_too(api: TestClient) -> None:
    tag = api.get("/v1/approaches/relational").headers["etag"]
    same = {"If-None-Match": tag}
    assert api.get("/v1/approaches/relational", headers=same).status_code == 304
    api.patch(f"/v1/therapists/{GRIEF}", json={"accepting": False})
    assert api.get("/v1/approaches/relational", headers=same).status_code == 200


def test_who_read_an_older_record_changes_nothing(api: TestClient) -> None:
    path = f"/v1/therapists/{GRIEF}"
    old = api.get(path).headers["etag"]
    now = api.patch(path, json={"fee_min": 90}, headers={"If-Match": old}).headers["etag"]
    for known in (old, f"W/{now}", "", "nonsense"):
        known_to = {"If-Match": known}
        told(api.patch(path, json={"fee_min": 95}, headers=known_to), 412)
        told(api.delete(path, headers=known_to), 412)
    told(api.patch(path, json={"statements": SPIDERS}, headers={"If-Match": old}), 412)
    assert api.get(path).json()["fee_min"] == 90
    assert api.patch(path, json={"fee_min": 95}, headers={"If-Match": "*"}).status_code == 200
    last = api.get(path).headers["etag"]
    assert api.delete(path, headers={"If-Match": f'"x", {last}'}).status_code == 204


def test_of_many_who_read_the_same_record_one_changes_it(api: TestClient) -> None:
    path = f"/v1/therapists/{GRIEF}"
    same = {"If-Match": api.get(path).headers["etag"]}
    answers: list[tuple[int, int]] = []

    def change(fee: int) -> None:
        answers.append((api.patch(path, json={"fee_min": fee}, headers=same).status_code, fee))

    threads = [threading.Thread(target=change, args=(fee,)) for fee in range(20, 36)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [fee for status, fee in answers if status == 200]
    assert len(answers) == 16
    assert [api.get(path).json()["fee_min"]] == won

"""The queue in memory: order within a connection, whatever is settled, added or read anew."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from receiver.forwarding.lanes import Lanes
from store.forwarding.forward_queue import Enlisted


def entry(number: int, connection: str | None = "a") -> Enlisted:
    return Enlisted(number, 100 + number, connection)


def ids(entries: list[Enlisted]) -> list[int]:
    return [each.id for each in entries]


def test_one_of_a_connection_at_a_time() -> None:
    lanes = Lanes()
    lanes.add([entry(1), entry(2), entry(3, "b"), entry(4, None)])
    assert ids(lanes.take(0.0, 8)) == [1, 3, 4]
    assert lanes.take(0.0, 8) == []
    lanes.settle(entry(1))
    assert ids(lanes.take(0.0, 8)) == [2]
    assert lanes.count == 3


def test_no_more_than_asked_for() -> None:
    lanes = Lanes()
    lanes.add([entry(n, str(n)) for n in range(5)])
    assert ids(lanes.take(0.0, 2)) == [0, 1]
    assert ids(lanes.take(0.0, 0)) == []


def test_one_that_is_tried_again_stays_first_until_its_time() -> None:
    lanes = Lanes()
    lanes.add([entry(1), entry(2)])
    (first,) = lanes.take(0.0, 8)
    lanes.settle(first, replace(first, attempts=1), not_before=5.0)
    assert lanes.take(4.9, 8) == []
    assert lanes.next_at() == 5.0
    (again,) = lanes.take(5.0, 8)
    assert (again.id, again.attempts, lanes.count) == (1, 1, 2)


def test_what_is_under_way_survives_a_new_reading() -> None:
    lanes = Lanes()
    lanes.add([entry(1), entry(2), entry(3, "b")])
    (first,) = lanes.take(0.0, 1)
    lanes.replace([entry(1), entry(4), entry(5, "c")], {"c"})
    assert lanes.count == 3
    assert lanes.take(0.0, 8) == []
    lanes.settle(first)
    assert ids(lanes.take(0.0, 8)) == [4]
    lanes.replace([entry(5, "c")], set())
    assert ids(lanes.take(0.0, 8)) == [5]


@given(st.data())
def test_each_connection_is_worked_off_in_its_order(data: st.DataObject) -> None:
    connections = data.draw(st.lists(st.sampled_from("abc"), max_size=30))
    lanes = Lanes()
    left = [entry(number, connection) for number, connection in enumerate(connections)]
    done: list[Enlisted] = []
    under_way: list[Enlisted] = []
    flip = st.booleans()
    while left or under_way or lanes.count:
        if data.draw(flip) and left:
            lanes.add([left.pop(0)])
        under_way += lanes.take(0.0, 2)
        if under_way:
            settled = under_way.pop(data.draw(st.integers(0, len(under_way) - 1)))
            if data.draw(flip):
                done.append(settled)
                lanes.settle(settled)
            else:
                lanes.settle(settled, settled)
    for connection in "abc":
        mine = [each.id for each in done if each.connection_id == connection]
        assert mine == sorted(mine)
    assert len(done) == len(connections)

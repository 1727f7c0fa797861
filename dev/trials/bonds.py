"""Writers of friendships and grants for the trials that kill everything, and what of it is lost."""

import itertools
import threading

from trials.cluster import Client


class Bond(threading.Thread):
    """Takes one step after the other round a circle, and keeps what was acknowledged; an unclear end is asked again."""

    def __init__(self, cluster, number, stop):
        super().__init__(daemon=True)
        self.client, self.stop_event = Client(cluster.daemons, number), stop
        self.acknowledged, self.faults = [], []
        # What stands, and what may stand since it was asked for and not answered.
        self.stands, self.maybe = None, None

    def run(self):
        for take, after in itertools.cycle(self.circle()):
            while not self.stop_event.is_set():
                self.maybe = after
                status, answer = take()
                if status == 200:
                    self.acknowledged.append(after)
                    self.stands, self.maybe = after, None
                    self.heard(answer)
                    break
                self.faults.append((status, answer.get("reason")))
                self.stop_event.wait(0.2)
            if self.stop_event.is_set():
                return

    def heard(self, answer):
        pass

    def may_stand(self, found):
        return found == self.stands or (self.maybe is not None and found == self.maybe)


class Befriender(Bond):
    """Two users ask, accept and part, again and again."""

    def __init__(self, cluster, number, stop, one, other):
        super().__init__(cluster, number, stop)
        (self.one, self.token), (self.other, self.other_token) = ((id, session["accessToken"]) for id, session in (one, other))
        self.stands = "nothing"

    def circle(self):
        ask = lambda token, action, whom: lambda: self.client.insist("POST", "/v1/friends", token, {action: {"id": whom}})
        return [(ask(self.token, "request", self.other), "asked"), (ask(self.other_token, "accept", self.one), "friends"),
                (ask(self.token, "remove", self.other), "nothing"), (ask(self.other_token, "block", self.one), "blocked"),
                (ask(self.other_token, "unblock", self.one), "nothing")]

    def found(self, query):
        rows = query(f"SELECT user_id, state FROM friends WHERE '{self.one}' IN (user_id, other_id) AND '{self.other}' IN (user_id, other_id)")
        kinds = {(self.one, "requested"): "asked", (self.other, "blocked"): "blocked"}
        if len(rows) == 2 and all(state == "friend" for _, state in rows):
            return "friends"
        return kinds.get(tuple(rows[0]), str(rows)) if len(rows) == 1 else "nothing" if not rows else str(rows)


class Granter(Bond):
    """A user opens an entry to another one and closes it, again and again."""

    def __init__(self, cluster, number, stop, owner, grantee):
        super().__init__(cluster, number, stop)
        self.token, self.grantee = owner[1]["accessToken"], grantee[0]
        self.object = self.client.insist("POST", "/v1/content", self.token, {"title": f"granted {number}", "requestId": f"granted-{number}",
                                                                            "visibility": "VISIBILITY_PRIVATE"})[1]["content"]["id"]
        self.stands, self.id = "closed", None

    def circle(self):
        level = lambda level: lambda: self.client.insist("POST", "/v1/grants", self.token, {
            "resource": "RESOURCE_CONTENT", "objectId": self.object, "level": level, "userId": self.grantee})
        return [(level("LEVEL_READ"), "read"), (level("LEVEL_WRITE"), "write"), (self.revoke, "closed")]

    def heard(self, answer):
        self.id = answer.get("grant", {}).get("id", self.id)

    def revoke(self):
        status, answer = self.client.insist("DELETE", f"/v1/grants/{self.id}", self.token)
        # Asked again after an answer that was lost, it is gone already.
        return (200, {}) if answer.get("reason") == "GRANT_NOT_FOUND" else (status, answer)

    def found(self, query):
        rows = query(f"SELECT level FROM object_grants WHERE object_id = '{self.object}'")
        return rows[0][0] if rows else "closed"


def lost(bonds, query):
    """Gives the bonds that do not stand as was acknowledged last."""
    return [f"{bond.stands} or {bond.maybe}, found {bond.found(query)}" for bond in bonds if not bond.may_stand(bond.found(query))]


def one_sided(query):
    """Gives users whose array of friends is not what the table says, and friendships with one side."""
    return query("""
        SELECT u.id FROM users u WHERE
            ARRAY(SELECT f.other_id FROM friends f WHERE f.user_id = u.id AND f.state = 'friend' ORDER BY 1)
            <> ARRAY(SELECT unnest(u.friends) ORDER BY 1)
        UNION ALL
        SELECT f.user_id FROM friends f WHERE f.state = 'friend' AND NOT EXISTS (
            SELECT 1 FROM friends b WHERE b.user_id = f.other_id AND b.other_id = f.user_id AND b.state = 'friend')""")

package io.carom.server;

import java.util.Map;
import java.util.TreeMap;

/// What each person is answered by each route that is for people. A route without a line here fails
/// {@link RouteTableTest}.
final class PeopleRoutes {
    /// Answers to: a stranger; the administrator, an analyst, the auditor; the analyst and the reader
    /// of the client whose things the path names; the analyst and the reader of another client.
    ///
    /// @param body what is sent; empty for nothing
    record Line(
            String body,
            int stranger,
            int administrator,
            int analyst,
            int auditor,
            int ownAnalyst,
            int ownReader,
            int otherAnalyst,
            int otherReader) {}

    private static Line line(String body, int... answers) {
        return new Line(
                body, answers[0], answers[1], answers[2], answers[3], answers[4], answers[5], answers[6], answers[7]);
    }

    /// Of one client's things; another's people get 404.
    private static Line one() {
        return line("", 401, 200, 200, 200, 200, 200, 404, 404);
    }

    /// Everybody sees their own.
    private static Line each() {
        return each("");
    }

    private static Line each(String body) {
        return line(body, 401, 200, 200, 200, 200, 200, 200, 200);
    }

    private static Line administrators(String body) {
        return line(body, 401, 200, 403, 403, 404, 404, 404, 404);
    }

    /// A change to one client's things.
    private static Line change(String body) {
        return line(body, 401, 200, 200, 403, 200, 403, 404, 403);
    }

    /// For those who work for all clients.
    private static Line ours() {
        return line("", 401, 200, 200, 200, 404, 404, 404, 404);
    }

    private static Line onePage() {
        return line("", 303, 200, 200, 200, 200, 200, 404, 404);
    }

    private static Line eachPage() {
        return line("", 303, 200, 200, 200, 200, 200, 200, 200);
    }

    private static Line oursPage() {
        return line("", 303, 200, 200, 200, 404, 404, 404, 404);
    }

    static final Map<String, Line> TABLE = new TreeMap<>(Map.ofEntries(
            Map.entry("GET /api/v1/me", each()),
            Map.entry("GET /api/v1/audit", line("", 401, 200, 403, 200, 404, 404, 404, 404)),
            Map.entry("GET /api/v1/openapi.json", each()),
            Map.entry("GET /api/v1/changes", each()),
            Map.entry("GET /api/v1/now", each()),
            Map.entry("GET /api/v1/incidents", each()),
            Map.entry("GET /api/v1/incidents/{incident}", one()),
            Map.entry("GET /api/v1/incidents/{incident}/picture", one()),
            Map.entry("GET /api/v1/incidents/{incident}/records", one()),
            Map.entry("GET /incidents/{incident}/records", onePage()),
            Map.entry("GET /api/v1/suppressions", ours()),
            // What is over before it begins: whoever may gets so far.
            Map.entry(
                    "POST /api/v1/incidents/{incident}/suppressions",
                    line(
                            "{\"analytic\":\"carom.fan-out\",\"reason\":\"ours\",\"until\":\"2020-01-01\"}",
                            401,
                            400,
                            400,
                            403,
                            404,
                            404,
                            404,
                            404)),
            Map.entry("DELETE /api/v1/suppressions/{suppression}", line("", 401, 404, 404, 403, 404, 404, 404, 404)),
            Map.entry("GET /api/v1/incidents/{incident}/playbook", one()),
            Map.entry("POST /api/v1/incidents/{incident}/steps", change("{\"step\":\"note\",\"text\":\"seen\"}")),
            Map.entry("POST /api/v1/incidents/{incident}/clocks", change("{\"name\":\"told\"}")),
            Map.entry("POST /api/v1/incidents/{incident}/ticks", change("{\"key\":\"KEY\"}")),
            Map.entry("GET /api/v1/playbooks", ours()),
            Map.entry(
                    "PUT /api/v1/playbooks/{kind}", line("{\"text\":\"# A\"}", 401, 200, 200, 403, 404, 404, 404, 404)),
            Map.entry("GET /api/v1/incidents/{incident}/export/{form}", one()),
            Map.entry("GET /api/v1/trace", each()),
            Map.entry("POST /api/v1/hunt", each("{\"text\":\"198.51.100.77\"}")),
            Map.entry("GET /api/v1/hunts", ours()),
            Map.entry("GET /api/v1/campaigns", ours()),
            Map.entry("GET /api/v1/campaigns/{campaign}", line("", 401, 404, 404, 404, 404, 404, 404, 404)),
            Map.entry("GET /api/v1/suppliers", each()),
            Map.entry("GET /api/v1/suppliers/{supplier}", each()),
            Map.entry(
                    "POST /api/v1/suppliers/{supplier}/sign-offs",
                    line("{\"text\":\"looked at\"}", 401, 200, 200, 403, 404, 404, 404, 404)),
            Map.entry("GET /api/v1/clients", each()),
            Map.entry("GET /api/v1/clients/{client}", one()),
            Map.entry("GET /api/v1/clients/{client}/advice", one()),
            Map.entry("GET /api/v1/clients/{client}/advice/draft", ours()),
            Map.entry(
                    "GET /api/v1/clients/{client}/advice/{package}/{file}",
                    line("", 401, 404, 404, 404, 404, 404, 404, 404)),
            Map.entry(
                    "POST /api/v1/clients/{client}/advice",
                    line("{\"package\":\"000000000000000000000000\"}", 401, 409, 409, 403, 404, 404, 404, 404)),
            Map.entry(
                    "POST /api/v1/clients/{client}/advice/{package}/receipt",
                    line("{\"by\":\"Wile\"}", 401, 404, 404, 403, 404, 403, 404, 403)),
            Map.entry(
                    "POST /api/v1/clients/{client}/advice/{package}/reminder",
                    line("{}", 401, 404, 404, 403, 404, 404, 404, 404)),
            Map.entry("GET /api/v1/second-person", ours()),
            Map.entry("PUT /api/v1/second-person", administrators("{\"for\":[]}")),
            Map.entry("GET /api/v1/approvals", each()),
            // Nothing needs a second person here.
            Map.entry(
                    "POST /api/v1/incidents/{incident}/approvals",
                    line("{\"key\":\"KEY\"}", 401, 400, 400, 403, 400, 403, 404, 403)),
            Map.entry(
                    "POST /api/v1/approvals/{approval}",
                    line("{\"answer\":\"no\"}", 401, 404, 404, 403, 404, 403, 404, 403)),
            Map.entry("GET /clients/{client}/advice", onePage()),
            Map.entry("GET /clients/{client}/advice/draft", oursPage()),
            Map.entry("GET /api/v1/sources", each()),
            Map.entry("GET /api/v1/clocks", each()),
            Map.entry("GET /api/v1/events", each()),
            Map.entry("POST /api/v1/query", each("{\"sql\":\"select * from network_activity\"}")),
            Map.entry("GET /api/v1/searches", each()),
            Map.entry("POST /api/v1/searches", each("{\"name\":\"mine\",\"question\":\"q=a\"}")),
            Map.entry("DELETE /api/v1/searches/{search}", each()),
            Map.entry("GET /api/v1/rules", ours()),
            Map.entry("GET /api/v1/rules/text", line("", 401, 400, 400, 400, 404, 404, 404, 404)),
            Map.entry("POST /api/v1/rules", line("{\"text\":\"title: a\"}", 401, 200, 200, 403, 404, 404, 404, 404)),
            Map.entry(
                    "POST /api/v1/rules/enable",
                    line("{\"file\":\"a.yml\",\"enabled\":true}", 401, 404, 404, 403, 404, 404, 404, 404)),
            Map.entry(
                    "POST /api/v1/rules/trial",
                    line("{\"text\":\"title: a\"}", 401, 200, 200, 403, 404, 404, 404, 404)),
            Map.entry("GET /api/v1/intel", ours()),
            Map.entry(
                    "POST /api/v1/intel", line("{\"text\":\"198.51.100.78\"}", 401, 200, 200, 403, 404, 404, 404, 404)),
            Map.entry(
                    "POST /api/v1/intel/false-alarms",
                    line("{\"value\":\"198.51.100.78\",\"why\":\"ours\"}", 401, 200, 200, 403, 404, 404, 404, 404)),
            Map.entry(
                    "POST /api/v1/intel/removals",
                    line(
                            "{\"type\":\"ip\",\"value\":\"198.51.100.250\",\"why\":\"old\"}",
                            401,
                            404,
                            404,
                            403,
                            404,
                            404,
                            404,
                            404)),
            Map.entry("GET /api/v1/blocklist/{form}", each()),
            Map.entry("GET /api/v1/accounts", administrators("")),
            Map.entry("POST /api/v1/accounts", administrators("{\"name\":\"new\",\"role\":\"analyst\"}")),
            Map.entry("DELETE /api/v1/accounts/{account}", line("", 401, 404, 403, 403, 404, 404, 404, 404)),
            Map.entry("POST /api/v1/accounts/{account}/link", line("{}", 401, 404, 403, 403, 404, 404, 404, 404)),
            // Of who comes by a password: these are for a session.
            Map.entry("POST /api/v1/me/tokens", line("{\"scope\":\"read\"}", 401, 403, 403, 403, 403, 403, 403, 403)),
            Map.entry("POST /api/v1/me/one-time-passwords", line("{}", 401, 403, 403, 403, 403, 403, 403, 403)),
            Map.entry("GET /api/v1/accounts/{account}/tokens", line("", 401, 404, 403, 403, 404, 404, 404, 404)),
            Map.entry(
                    "DELETE /api/v1/accounts/{account}/tokens/{token}",
                    line("", 401, 404, 403, 403, 404, 404, 404, 404)),
            Map.entry("POST /api/v1/me/password", line("{}", 401, 403, 403, 403, 403, 403, 403, 403)),
            Map.entry("GET /api/v1/me/tokens", each()),
            Map.entry("DELETE /api/v1/me/tokens/{token}", line("", 401, 403, 403, 403, 403, 403, 403, 403)),
            Map.entry("GET /api/v1/me/passkeys", each()),
            Map.entry("POST /api/v1/me/passkeys", line("{}", 401, 403, 403, 403, 403, 403, 403, 403)),
            Map.entry("DELETE /api/v1/me/passkeys/{passkey}", line("", 401, 403, 403, 403, 403, 403, 403, 403)),
            Map.entry("GET /api/v1/targets", administrators("")),
            Map.entry(
                    "POST /api/v1/targets",
                    administrators("{\"name\":\"chat\",\"form\":\"slack\",\"address\":\"http://127.0.0.1:9/x\","
                            + "\"severity\":\"high\"}")),
            Map.entry("DELETE /api/v1/targets/{target}", line("", 401, 404, 403, 403, 404, 404, 404, 404)),
            Map.entry("POST /api/v1/targets/{target}/test", line("{}", 401, 404, 403, 403, 404, 404, 404, 404)),
            Map.entry("GET /trace", eachPage()),
            Map.entry("GET /trace/answer", eachPage()),
            Map.entry("GET /search/answer", eachPage()),
            Map.entry("GET /hunt", eachPage()),
            Map.entry("POST /hunt/answer", each("{\"text\":\"198.51.100.77\"}")),
            Map.entry("GET /campaigns", oursPage()),
            Map.entry("GET /campaigns/{campaign}", line("", 303, 404, 404, 404, 404, 404, 404, 404)),
            Map.entry("GET /suppliers", eachPage()),
            Map.entry("GET /suppliers/{supplier}", eachPage()),
            Map.entry("GET /clients", eachPage()),
            Map.entry("GET /clients/{client}", onePage()),
            Map.entry("GET /sources", eachPage()),
            Map.entry("GET /clocks", eachPage()),
            Map.entry("GET /search", eachPage()),
            Map.entry("GET /query", eachPage()),
            Map.entry("GET /query/rows.csv", line("", 303, 400, 400, 400, 400, 400, 400, 400)),
            Map.entry("POST /hunt/sightings.csv", each()),
            Map.entry("GET /rules", oursPage()),
            Map.entry("GET /intel", oursPage()),
            Map.entry("GET /settings", eachPage()),
            Map.entry("GET /", eachPage()),
            Map.entry("GET /incidents", eachPage()),
            Map.entry("GET /incidents/{incident}", onePage()),
            Map.entry("GET /audit", line("", 303, 200, 403, 200, 404, 404, 404, 404)),
            Map.entry("POST /sign-out", line("", 401, 303, 303, 303, 303, 303, 303, 303))));

    private PeopleRoutes() {}
}

package io.carom.server;

import io.carom.cases.Cases;
import io.carom.health.Alarm;
import io.carom.health.KeptHealth;
import io.carom.health.SourceState;
import io.carom.home.HomeDatabase;
import io.carom.lake.Lake;
import io.carom.lake.LakeWriter;
import io.carom.run.LakeStage;
import io.carom.run.Line;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.account.People;
import io.carom.server.account.Role;
import io.carom.source.Sources;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A home in which one supplier was the way into two clients, `acme` and `globex`, with a person of
/// each role. The password of each is their name three times. All that is acme's alone has `acme` or
/// `roadrunner` in its name.
public final class Breach {
    public static final Instant DETECTED = Instant.parse("2026-03-04T05:00:00Z");
    public static final String ACME = "inc-aaaaaaaaaaaa";
    public static final String GLOBEX = "inc-bbbbbbbbbbbb";

    /// Who there is, and what they are.
    public static final Map<String, Role> PEOPLE = new TreeMap<>(Map.of(
            "admin", Role.ADMINISTRATOR,
            "ana", Role.ANALYST,
            "aud", Role.AUDITOR,
            "wile", Role.CLIENT_ANALYST,
            "road", Role.CLIENT_READER,
            "hank", Role.CLIENT_ANALYST,
            "gina", Role.CLIENT_READER));

    private static final Map<String, String> CLIENTS =
            Map.of("wile", "acme", "road", "acme", "hank", "globex", "gina", "globex");

    private Breach() {}

    public static String password(String name) {
        return name + name + name + name;
    }

    static String incident(String id, String client, String host) {
        return """
            {"id":"ID","client":"CLIENT","title":"CLIENT was entered by way of supplyco","summary":"Somebody came to HOST.",
            "severity":"critical","severity_why":["It is grave at CLIENT."],"status":"new",
            "first_seen":"2026-03-03T04:05:06Z","last_seen":"2026-03-04T04:05:06Z",
            "entry":{"party":"supplyco","link":"supplyco-CLIENT","confidence":0.9,"reason":"A session to HOST."},
            "origins":[{"way":"link","party":"supplyco","from":"203.0.113.9","at":"HOST","account":"svc","time":"2026-03-03T04:05:06Z","confidence":0.9,"why":"First use."}],
            "alternatives":[],"channels":[],"gaps":[],"campaign":"",
            "path":[{"time":"2026-03-03T04:05:06Z","last":"2026-03-03T04:05:06Z","from":"203.0.113.9","to":"HOST","port":3389,"party":"supplyco","link":"supplyco-CLIENT","count":1,"to_party":"CLIENT","account":"svc","via":"RDP","confidence":0.9,"why":"New.","evidence":[{"path":"/logs/CLIENT/a.log","record":1}]}],
            "parties":["CLIENT","supplyco"],"techniques":["T1199"],"indicators":["198.51.100.77"],"findings_total":1,
            "findings":[{"analytic":"carom.fan-out","title":"HOST reached many","severity":"high","affected":"HOST","count":1,"first_seen":"2026-03-03T04:05:06Z","last_seen":"2026-03-03T04:05:06Z","evidence":[{"finding":"f-ID","path":"/logs/CLIENT/a.log","record":1,"source":"zeek","src":"203.0.113.9","dst":null,"host":"HOST","user":null,"native":"HOST <script>alert(1)</script> \\u202e"}]}],
            "clocks":{"occurred":"2026-03-03T04:05:06Z","detected":"2026-03-04T05:00:00Z"},
            "actions":[{"kind":"cut","targets":["supplyco-CLIENT"],"text":"Cut link supplyco-CLIENT."},{"kind":"look","targets":["HOST"],"text":"Look at HOST."}]}""".replace("\n", "").replace("ID", id).replace("CLIENT", client).replace("HOST", host);
    }

    public static void incident(Path home, String id, String client, String host) throws IOException {
        Cases.open(home).close();
        try (Connection connection = HomeDatabase.open(home.resolve("cases.db"), List.of());
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO incidents VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)")) {
            Object[] row = {
                id,
                client,
                "critical",
                "new",
                DETECTED.toEpochMilli() - 90_000_000,
                DETECTED.toEpochMilli() - 3_600_000,
                DETECTED.toEpochMilli(),
                incident(id, client, host)
            };
            for (int i = 0; i < row.length; i++) {
                insert.setObject(i + 1, row[i]);
            }
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    /// Keeps flows of a client's machine; a record of acme's names the roadrunner.
    private static void flows(Path home, String client, String address, String name) throws IOException {
        Path log = Files.createDirectories(home.resolve("logs-of-" + client)).resolve("conn.log");
        StringBuilder text = new StringBuilder(
                "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
                        + "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\n"
                        + "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\n");
        for (int i = 0; i < 20; i++) {
            text.append(1_772_500_000 + i * 60)
                    .append(".5\tC")
                    .append(name)
                    .append(i)
                    .append('\t')
                    .append(address)
                    .append("\t4000")
                    .append(i % 10)
                    .append("\t198.51.100.77\t443\ttcp\tssl\t1.5\t100\t200\tSF\n");
        }
        Files.writeString(log, text.toString());
        keep(home, client, log);
    }

    /// Keeps what a file holds as a client's.
    static void keep(Path home, String client, Path log) throws IOException {
        try (LakeWriter writer = Lake.writer(home)) {
            LakeStage lake = new LakeStage(writer);
            new Line(
                            Sources.installed(),
                            null,
                            ZoneOffset.UTC,
                            null,
                            path -> client,
                            lake,
                            List.of(lake),
                            Line.Progress.SILENT)
                    .run(Inputs.list(List.of(log.toString())));
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /// How a listener's sources are: each client has one of that kind, with a schema alarm and a
    /// sample.
    private static void health(Path home, boolean acme) throws IOException {
        long now = DETECTED.toEpochMilli();
        try (KeptHealth health = KeptHealth.open(home)) {
            List<SourceState> states = new ArrayList<>();
            for (Map.Entry<String, String> one :
                    new TreeMap<>(Map.of("acme", "roadrunner", "globex", "cypress")).entrySet()) {
                if (!acme && one.getKey().equals("acme")) {
                    continue;
                }
                Alarm alarm = new Alarm(
                        one.getKey(),
                        "syslog-" + one.getKey(),
                        Alarm.Kind.SCHEMA,
                        now - 60_000,
                        0,
                        "half of what comes is not understood",
                        one.getValue() + " <script>alert(2)</script> \u202e");
                health.alarm(alarm);
                states.add(new SourceState(
                        one.getKey(),
                        "syslog-" + one.getKey(),
                        "sender-of-" + one.getValue(),
                        1200,
                        600,
                        90_000,
                        now - 3_600_000,
                        now - 1000,
                        now - 3000,
                        2.5,
                        2000,
                        0.5,
                        List.of("zeek"),
                        List.of(alarm)));
            }
            health.keep(states, now);
        }
    }

    /// Made once and copied: a lake and seven passwords take their time.
    private static @Nullable Path made;

    /// The home is the caller's to change.
    public static synchronized void make(Path home) throws IOException {
        Path from = made;
        if (from == null) {
            from = Files.createTempDirectory("carom-breach");
            fill(from);
            Path folder = from;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            made = from;
        }
        try (var all = Files.walk(from)) {
            for (Path one : all.sorted().toList()) {
                Path to = home.resolve(from.relativize(one).toString());
                if (Files.isDirectory(one)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(one, to, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static void remove(Path folder) {
        try (var all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        } catch (IOException e) {
            System.err.println(folder + " stays: " + e.getMessage());
        }
    }

    private static void fill(Path home) throws IOException {
        fill(home, true);
    }

    /// @param acme whether `acme` is a client here; without it nothing of it is in the home
    static void fill(Path home, boolean acme) throws IOException {
        Files.createDirectories(home);
        health(home, acme);
        if (acme) {
            flows(home, "acme", "10.1.2.3", "roadrunner");
        }
        flows(home, "globex", "10.2.2.3", "cypress");
        String parties = """
            parties:
              - {name: acme, role: client, networks: [10.1.0.0/16], domains: [acme.example], hosts: [roadrunner]}
              - {name: globex, role: client, networks: [10.2.0.0/16], domains: [globex.example]}
              - {name: supplyco, role: supplier, networks: [203.0.113.0/24], domains: [supplyco.example]}
            links:
              - {name: supplyco-acme, supplier: supplyco, client: acme, kind: vpn, networks: [203.0.113.0/25]}
              - {name: supplyco-globex, supplier: supplyco, client: globex, kind: vpn, networks: [203.0.113.128/25]}
            """;
        Files.writeString(home.resolve("parties.yaml"), acme ? parties : parties.replaceAll("(?m)^.*acme.*\n", ""));
        if (acme) {
            incident(home, ACME, "acme", "roadrunner");
        }
        incident(home, GLOBEX, "globex", "cypress");
        try (Accounts accounts = Accounts.open(home);
                People people = People.open(home)) {
            for (Map.Entry<String, Role> one : PEOPLE.entrySet()) {
                if (!acme && "acme".equals(CLIENTS.get(one.getKey()))) {
                    continue;
                }
                Account account = new Account(one.getKey(), CLIENTS.get(one.getKey()), null, false);
                accounts.put(account, DETECTED);
                accounts.password(one.getKey(), password(one.getKey()));
                people.put(account, one.getValue(), false);
            }
        }
    }
}

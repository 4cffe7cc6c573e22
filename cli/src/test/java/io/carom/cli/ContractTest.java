package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What the commands promise to scripts: where results go, what they are, how a run ends.
final class ContractTest {
    private static final String CONN = """
            {"_path":"conn","ts":1551675600.5,"uid":"C1","id.orig_h":"192.0.2.1","id.orig_p":1024,"id.resp_h":"198.51.100.7","id.resp_p":443,"proto":"tcp","conn_state":"SF"}
            {"_path":"conn","ts":1551675601.5,"uid":"C2","id.orig_h":"192.0.2.2","id.orig_p":1025,"id.resp_h":"198.51.100.8","id.resp_p":22,"proto":"tcp","conn_state":"S0"}
            """;
    private static final String RULE = """
            title: Connection to the evil port
            id: 5f1d4a36-3a1c-4a0e-9d43-2b6f3f0f7a11
            status: test
            level: high
            tags: [attack.t1021.004]
            logsource: {product: zeek, service: conn}
            detection:
              evil: {id.resp_p: 22}
              condition: evil
            """;

    @TempDir
    Path folder;

    private Program carom;

    @BeforeEach
    void home() {
        carom = new Program(folder.resolve("home"));
    }

    private String file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return file.toString();
    }

    private static void has(JsonNode object, String... keys) {
        for (String key : keys) {
            assertTrue(object.has(key), key + " is missing in " + object);
        }
    }

    @Test
    void ingestTellsEachFileAsAnObjectAndCountsWhatItKnew() throws IOException {
        String log = file("logs/conn.ndjson", CONN);
        Program.Result first = carom.run("ingest", "--json", log);
        assertEquals(0, first.exit(), first.err());
        JsonNode told = first.objects().getFirst();
        has(told, "path", "format", "events", "rejected", "skipped", "seconds");
        assertEquals(log, told.get("path").asString());
        assertEquals("zeek", told.get("format").asString());
        assertEquals(2, told.get("events").asInt());
        assertEquals(0, told.get("skipped").asInt());
        assertEquals("", first.err());

        Program.Result second = carom.run("ingest", "--json", log);
        assertEquals(2, second.objects().getFirst().get("skipped").asInt());
        Program.Result rows = carom.run("query", "--json", "select count(*) as n from network_activity");
        assertEquals(2, rows.objects().getFirst().get("n").asInt());
    }

    @Test
    void whatIsNotUnderstoodIsCountedAndEndsWithThree() throws IOException {
        String log = file("conn.ndjson", CONN + "{\"_path\":\"conn\",\"ts\":\n");
        Program.Result result = carom.run("ingest", "--json", log);
        assertEquals(3, result.exit());
        assertEquals(1, result.objects().getFirst().get("rejected").asInt());
        assertTrue(result.err().contains("1 records were not understood; see \"carom sources\""), result.err());

        // The count is told also to those who want no notes.
        Program.Result quiet = new Program(folder.resolve("other")).run("ingest", "--quiet", log);
        assertEquals(3, quiet.exit());
        assertTrue(quiet.err().contains("not understood"), quiet.err());
    }

    @Test
    void aFileThatIsNotThereIsTold() {
        String missing = folder.resolve("none.log").toString();
        Program.Result result = carom.run("ingest", missing);
        assertEquals(3, result.exit(), result.err());
        assertTrue(result.err().contains(missing + ": no such file"), result.err());
    }

    @Test
    void victimsSaysOfEachNameWhomItMeansAndWhy() throws IOException {
        String clients = file("clients.csv", "name,domains,tickers\nInfosys Limited,infosys.com,INFY\n");
        Program.Result result = carom.fed(
                "securemail.infosys.com.internal-message.app\nmimikatz.exe\n",
                "victims",
                "--json",
                "--names",
                "-",
                "--clients",
                clients);
        assertEquals(0, result.exit(), result.err());
        List<JsonNode> names = result.objects();
        assertEquals(2, names.size());
        names.forEach(name -> has(name, "name", "client", "confidence", "why"));
        assertEquals("Infosys Limited", names.getFirst().get("client").asString());
        assertTrue(names.getLast().get("client").isNull());
        assertEquals(2, carom.run("victims").exit());
    }

    @Test
    void intelMatchGivesEachLineBackWithWhatCameOfIt() {
        String observed = "\"observed\":[{\"type\":\"observed-data\",\"number_observed\":1,"
                + "\"first_observed\":\"2026-03-01T12:00:00Z\",\"last_observed\":\"2026-03-01T12:00:00Z\","
                + "\"objects\":{\"0\":{\"type\":\"ipv4-addr\",\"value\":\"203.0.113.9\"}}}],\"spec\":\"2.0\"}\n";
        Program.Result result = Program.plain(
                "{\"from\":\"a\",\"pattern\":\"[ipv4-addr:value = '203.0.113.9']\"," + observed
                        + "{\"pattern\":\"[ipv4-addr:value = '203.0.113.8']\"," + observed
                        + "{\"pattern\":\"[ipv4-addr:value ~ 1]\"," + observed + "no json\n",
                "intel",
                "match",
                "-",
                "--json");
        assertEquals(3, result.exit());
        List<JsonNode> lines = result.objects();
        assertEquals(3, lines.size());
        assertEquals("a", lines.get(0).get("from").asString());
        assertTrue(lines.get(0).get("matched").asBoolean());
        assertEquals("false", lines.get(1).get("matched").asString());
        assertEquals("error", lines.get(2).get("matched").asString());
        assertTrue(lines.get(2).get("message").asString().startsWith("line 1:17"), result.out());
        assertTrue(result.err().startsWith("-:4: "), result.err());
    }

    @Test
    void convertPrintsOcsfFromStandardInputAndNothingElse() {
        Program.Result result = carom.fed(CONN, "convert", "-");
        assertEquals(0, result.exit(), result.err());
        assertEquals("", result.err());
        List<JsonNode> events = result.objects();
        assertEquals(2, events.size());
        assertEquals(4001, events.getFirst().get("class_uid").asInt());
        assertEquals(1551675600500L, events.getFirst().get("time").asLong());
    }

    @Test
    void parquetThatWasWrittenIsReadAgainAsTheSameEvents() throws IOException {
        String log = file("conn.ndjson", CONN);
        Path out = folder.resolve("written");
        assertEquals(
                0,
                carom.run("convert", "--to", "parquet", "--out", out.toString(), log)
                        .exit());
        List<JsonNode> first = carom.run("convert", log).objects();
        Program.Result again = carom.run(
                "convert", out.resolve("network_activity-0001.parquet").toString());
        assertEquals(0, again.exit(), again.err());
        List<JsonNode> events = again.objects();
        assertEquals(first.size(), events.size());
        for (int i = 0; i < events.size(); i++) {
            for (String same : List.of("class_uid", "time", "src_endpoint", "dst_endpoint", "activity_id")) {
                assertEquals(first.get(i).get(same), events.get(i).get(same), same);
            }
        }
    }

    @Test
    void convertWritesParquetThatAnyReaderReads() throws Exception {
        String log = file("conn.ndjson", CONN);
        assertEquals(2, carom.run("convert", "--to", "parquet", log).exit());
        assertEquals(2, carom.run("convert", "--to", "arrow", log).exit());
        Path out = folder.resolve("ocsf");
        Program.Result result = carom.run("convert", "--to", "ndjson,parquet", "--out", out.toString(), log);
        assertEquals(0, result.exit(), result.err());
        assertEquals("", result.out());
        assertEquals(2, Files.readAllLines(out.resolve("events.ndjson")).size());
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement ask = duckdb.createStatement();
                ResultSet rows = ask.executeQuery("SELECT count(*), max(dst_endpoint.port), min(carom.input) FROM"
                        + " read_parquet('" + out.resolve("network_activity-0001.parquet") + "')")) {
            assertTrue(rows.next());
            assertEquals(2, rows.getInt(1));
            assertEquals(443, rows.getInt(2));
            assertEquals(log, rows.getString(3));
        }
    }

    @Test
    void aGlobIsAnInput() throws IOException {
        file("logs/a.ndjson", CONN);
        file("logs/b.ndjson", CONN.replace("C1", "C3"));
        file("logs/c.txt", "x");
        Program.Result result = carom.run("convert", folder + "/logs/*.ndjson");
        assertEquals(4, result.objects().size(), result.err());
    }

    @Test
    void detectTellsFindingsAsOcsf() throws IOException {
        String log = file("conn.ndjson", CONN);
        String rule = file("rule.yml", RULE);
        String indicators = file("iocs.csv", "type,value\nip,198.51.100.7\n");
        Program.Result result = carom.run("detect", "--json", "--rules", rule, "--indicators", indicators, log);
        assertEquals(0, result.exit(), result.err());
        List<JsonNode> findings = result.objects();
        assertEquals(2, findings.size(), result.out());
        for (JsonNode finding : findings) {
            assertEquals(2004, finding.get("class_uid").asInt());
            has(finding, "severity_id", "time", "evidences");
            assertFalse(finding.at("/finding_info/title").asString().isEmpty());
            assertFalse(finding.at("/finding_info/analytic/uid").asString().isEmpty());
            assertEquals(log, finding.at("/unmapped/carom/source/path").asString(), finding.toString());
            assertTrue(finding.at("/unmapped/carom/source/record").asInt() > 0);
        }
        JsonNode sigma = findings.stream()
                .filter(f -> f.at("/finding_info/analytic/uid").asString().startsWith("5f1d4a36"))
                .findFirst()
                .orElseThrow();
        assertEquals(2, sigma.at("/unmapped/carom/source/record").asInt());
        assertEquals(4, sigma.get("severity_id").asInt());
        assertEquals("T1021.004", sigma.at("/attacks/0/sub_technique/uid").asString(), sigma.toString());
    }

    @Test
    void findingsAtTheBarEndWithTen() throws IOException {
        String log = file("conn.ndjson", CONN);
        String rule = file("rule.yml", RULE);
        assertEquals(
                10,
                carom.run("detect", "--fail-on", "high", "--rules", rule, log).exit());
        assertEquals(
                0,
                carom.run("detect", "--fail-on", "critical", "--rules", rule, log)
                        .exit());
        assertEquals(
                2,
                carom.run("detect", "--fail-on", "enormous", "--rules", rule, log)
                        .exit());
    }

    @Test
    void aWrongRuleIsNamedByPlaceAndTheOthersRun() throws IOException {
        String log = file("conn.ndjson", CONN);
        file("rules/good.yml", RULE);
        String bad = file("rules/bad.yml", RULE.replace("id.resp_p: 22", "id.resp_p|contian: 22"));
        Program.Result result = carom.run("detect", "--json", "--quiet", "--rules", folder + "/rules", log);
        assertEquals(3, result.exit(), result.err());
        assertEquals(1, result.objects().size());
        assertTrue(result.err().contains(bad + ":8:"), result.err());
        assertTrue(result.err().contains("contian"), result.err());
    }

    @Test
    void aWrongIndicatorIsNamedByPlace() throws IOException {
        String log = file("conn.ndjson", CONN);
        String iocs = file("iocs.csv", "type,value\nip,198.51.100.7\nip,not-an-address\n");
        Program.Result result = carom.run("detect", "--json", "--indicators", iocs, log);
        assertEquals(3, result.exit(), result.err());
        assertEquals(1, result.objects().size());
        assertTrue(result.err().contains(iocs + ":3"), result.err());
    }

    @Test
    void rulesAreListedAndChecked() throws IOException {
        file("rules/good.yml", RULE);
        String bad = file("rules/bad.yml", "title: x\n");
        for (String command : List.of("list", "check")) {
            Program.Result result =
                    Program.plain("", "rules", command, "--home", folder + "/home", "--json", folder + "/rules");
            assertEquals(3, result.exit(), result.err());
            assertEquals(2, result.objects().size(), result.out());
            for (JsonNode rule : result.objects()) {
                has(rule, "id", "title", "level", "status", "logsource", "loaded", "error");
                if (!rule.get("loaded").asBoolean()) {
                    assertEquals(bad, rule.get("file").asString());
                }
            }
        }
    }

    @Test
    void wrongUseEndsWithTwoAndNamesTheHelp() {
        Program.Result unknown = Program.plain("", "ingset");
        assertEquals(2, unknown.exit());
        assertTrue(unknown.err().contains("ingest"), unknown.err());
        Program.Result option = carom.run("ingest", "--jsno", "x");
        assertEquals(2, option.exit());
        assertTrue(option.err().contains("Try \"carom help ingest\""), option.err());
        assertEquals(2, carom.run("ingest").exit());
        assertEquals(2, carom.run("convert", "--zone", "Mars/Base", "-").exit());
        assertEquals(2, carom.run("convert", "--format", "zek", "-").exit());
        assertEquals("", carom.run("ingest").out());
    }

    @Test
    void queryGivesRowsAsTextCsvJsonAndParquet() throws IOException {
        carom.run("ingest", file("conn.ndjson", CONN));
        String sql = "select src_endpoint.ip as ip, dst_endpoint.port as port from network_activity order by port";
        assertEquals(
                "ip\tport\n192.0.2.2\t22\n192.0.2.1\t443\n",
                carom.run("query", sql).out());
        assertEquals(
                "ip,port\n192.0.2.2,22\n192.0.2.1,443\n",
                carom.run("query", "--csv", sql).out());
        assertEquals(
                "{\"ip\":\"192.0.2.2\",\"port\":22}",
                carom.run("query", "--json", sql).out().lines().findFirst().orElseThrow());
        Path parquet = folder.resolve("rows.parquet");
        Program.Result written = carom.run("query", "--parquet", parquet.toString(), sql);
        assertEquals(0, written.exit(), written.err());
        assertTrue(Files.size(parquet) > 100);
    }

    @Test
    void queryIsReadOnlyAndSaysWhatIsWrong() throws IOException {
        carom.run("ingest", file("conn.ndjson", CONN));
        for (String sql : List.of(
                "copy (select 1) to '" + folder.resolve("x.csv") + "'",
                "attach '" + folder.resolve("x.db") + "'",
                "select * from read_csv('/etc/passwd')",
                "drop view network_activity",
                "select nothing from network_activity")) {
            Program.Result result = carom.run("query", "--quiet", sql);
            if (!sql.startsWith("drop")) {
                assertEquals(1, result.exit(), sql + result.out());
                assertTrue(result.err().startsWith("carom: the query failed"), sql + ": " + result.err());
            }
        }
        assertFalse(Files.exists(folder.resolve("x.csv")));
        assertFalse(Files.exists(folder.resolve("x.db")));
        assertEquals(
                "n\n2\n",
                carom.run("query", "select count(*) as n from network_activity").out());
    }

    @Test
    void sourcesTellsWhatFeedsTheLake() throws IOException {
        carom.run("ingest", file("conn.ndjson", CONN + "{\"_path\":\n"));
        List<JsonNode> sources = carom.run("sources", "--json").objects();
        has(sources.getFirst(), "client", "source", "events", "first_seen", "last_seen");
        assertEquals(2, sources.getFirst().get("events").asInt());
        assertTrue(sources.stream().anyMatch(s -> s.has("reject_reason")), sources.toString());
        assertTrue(carom.run("sources", "--formats", "--json").objects().size() > 30);
    }

    @Test
    void partiesAreListedAndAsked() throws IOException {
        String parties = file("parties.yaml", """
                parties:
                  - {name: northgate, role: us, networks: [10.1.0.0/16], domains: [northgate.example]}
                  - {name: acme, role: client, networks: [10.20.0.0/16], domains: [acme.example]}
                links:
                  - {name: acme-vpn, supplier: northgate, client: acme, kind: vpn, networks: [10.1.9.0/24]}
                """);
        List<JsonNode> all =
                carom.run("parties", "--json", "--parties", parties).objects();
        assertEquals(2, all.size());
        Program.Result whois = Program.plain(
                "",
                "parties",
                "whois",
                "--home=" + folder,
                "--json",
                "--parties",
                parties,
                "--at",
                "2019-03-04T23:10:00Z",
                "10.20.4.17",
                "203.0.113.9");
        assertEquals("acme", whois.objects().get(0).get("name").asString());
        assertTrue(whois.objects().get(1).get("name").isNull());

        Program.Result wrong = carom.run("parties", "--parties", file("bad.yaml", "parties:\n  - {nam: x}\n"));
        assertEquals(1, wrong.exit());
        assertTrue(wrong.err().contains("bad.yaml:2"), wrong.err());
    }

    @Test
    void theLakeIsCheckedBackedUpAndRestored() throws IOException {
        carom.run("ingest", file("conn.ndjson", CONN));
        Program.Result verified = Program.plain("", "lake", "verify", "--json", "--home=" + folder.resolve("home"));
        assertEquals(0, verified.exit(), verified.err());
        String archive = folder.resolve("home.tar.zst").toString();
        Program.Result backup = carom.run("backup", "--json", archive);
        has(backup.objects().getFirst(), "file", "home", "files", "bytes");
        Program copy = new Program(folder.resolve("copy"));
        assertEquals(0, copy.run("restore", "--json", archive).exit());
        assertEquals(
                "n\n2\n",
                copy.run("query", "select count(*) as n from network_activity").out());

        Path data;
        try (Stream<Path> all = Files.walk(folder.resolve("home"))) {
            data = all.filter(p -> p.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.write(data, new byte[] {1});
        Program.Result broken = Program.plain("", "lake", "verify", "--json", "--home=" + folder.resolve("home"));
        assertEquals(1, broken.exit());
        has(broken.objects().getFirst(), "path", "fault");
    }

    @Test
    void aHomeWithoutALakeIsSaidPlainly() {
        for (String command : List.of("sources", "query")) {
            Program.Result result =
                    command.equals("query") ? carom.run("query", "select 1 as one") : carom.run(command);
            assertFalse(result.err().contains("Exception"), result.err());
            assertTrue(result.exit() <= 1, result.err());
        }
        Program.Result trace = carom.run("trace", "10.1.2.3");
        assertEquals(1, trace.exit());
        assertTrue(trace.err().contains("carom investigate"), trace.err());
    }

    @Test
    void aScenarioIsInvestigatedToIncidentsAndFiles() throws IOException {
        Path logs = folder.resolve("logs");
        Program.Result made = carom.run(
                "scenario",
                "--json",
                "--seed",
                "3",
                "--days",
                "3",
                "--clients",
                "2",
                "--events",
                "10000",
                "--out",
                logs.toString());
        assertEquals(0, made.exit(), made.err());
        assertTrue(Files.exists(logs.resolve("truth.json")));
        assertEquals(
                2,
                carom.run("scenario", "--events", "10000", "--out", logs.toString())
                        .exit());

        Path out = folder.resolve("report");
        Program.Result told = carom.run(
                "investigate",
                "--json",
                "--indicators",
                logs.resolve("indicators.csv").toString(),
                "--out",
                out.toString(),
                logs.toString());
        // The parties file and the indicators lie among the logs, and are none.
        assertEquals(0, told.exit(), told.err());
        assertFalse(told.objects().isEmpty(), told.err());
        JsonNode incident = told.objects().getFirst();
        has(
                incident,
                "id",
                "title",
                "severity",
                "status",
                "first_seen",
                "last_seen",
                "entry",
                "path",
                "parties",
                "techniques",
                "findings",
                "clocks",
                "actions");
        for (String name : List.of("report.html", "incidents.json", "bundle.stix.json", "findings.ndjson")) {
            assertTrue(Files.size(out.resolve(name)) > 0, name);
        }
        List<JsonNode> kept = carom.run("incidents", "--json").objects();
        assertEquals(
                new TreeSet<>(
                        told.objects().stream().map(i -> i.get("id").asString()).toList()),
                new TreeSet<>(kept.stream().map(i -> i.get("id").asString()).toList()));
        String id = kept.getFirst().get("id").asString();
        Program.Result moved = Program.plain(
                "", "incidents", "ack", "--home=" + folder.resolve("home"), "--json", id, "--note", "seen");
        assertEquals(0, moved.exit(), moved.err());
        assertEquals(id, moved.objects().getFirst().get("id").asString());
        List<JsonNode> traces = carom.run("trace", "--json", id).objects();
        has(traces.getFirst(), "rank", "confidence", "entry", "hops", "reached");
        assertEquals(1, carom.run("incidents", "--json", "inc-none").exit());
    }

    @Test
    void wrongUseOfACommandBelowAnotherNamesItsOwnHelp() {
        Program.Result wrong = Program.plain("", "intel", "add", "--nonsense", "x");
        assertEquals(2, wrong.exit());
        assertTrue(wrong.err().contains("Try \"carom help intel add\""), wrong.err());
        Program.Result help = Program.plain("", "help", "intel", "add");
        assertEquals(0, help.exit(), help.err());
        assertEquals(Program.plain("", "intel", "add", "--help").out(), help.out());
        assertTrue(help.out().contains("--credentials"), help.out());
        Program.Result none = Program.plain("", "help", "intel", "ad");
        assertEquals(2, none.exit());
        assertTrue(none.err().contains("Did you mean \"add\"?"), none.err());
        assertTrue(Program.plain("", "help").out().contains("investigate"));
    }

    @Test
    void aNameThatNoClientCanHaveIsWrongUse() throws IOException {
        Program.Result result = carom.run("convert", "--client", "Acme Inc", file("conn.ndjson", CONN));
        assertEquals(2, result.exit());
        assertTrue(result.err().contains("--client: a name is lower-case letters"), result.err());
    }

    @Test
    void aRuleThatIsRefusedIsToldAndCountedWhereRulesAreTried() throws IOException {
        String log = file("conn.ndjson", CONN);
        file("rules/good.yml", RULE);
        String bad = file("rules/bad.yml", "title: x\n");
        Program.Result tried = Program.plain(
                "", "rules", "test", "--home", folder + "/home", "--json", "--rules", folder + "/rules", log);
        assertEquals(3, tried.exit(), tried.err());
        assertEquals(1, tried.objects().size());
        assertTrue(tried.err().contains(bad), tried.err());
        Program.Result covered =
                Program.plain("", "rules", "coverage", "--quiet", "--home", folder + "/home", folder + "/rules");
        assertTrue(covered.err().contains(bad), covered.err());
    }

    @Test
    void columnsThatAreCalledAlikeAreAllInTheRow() throws IOException {
        carom.run("ingest", file("conn.ndjson", CONN));
        JsonNode row = carom.run("query", "--json", "select 1 as n, 2 as n, 3 as m, 4 as n")
                .objects()
                .getFirst();
        assertEquals("{\"n\":1,\"n_1\":2,\"m\":3,\"n_2\":4}", row.toString());
        // What ends with a comment is a question too.
        Path parquet = folder.resolve("rows.parquet");
        Program.Result written = carom.run("query", "--parquet", parquet.toString(), "select 1 as n; -- one;\n");
        assertEquals(1, written.exit(), "two statements are none");
        written = carom.run("query", "--parquet", parquet.toString(), "select 1 as n -- one");
        assertEquals(0, written.exit(), written.err());
        assertTrue(Files.size(parquet) > 100);
    }

    @Test
    void whatATerminalObeysIsOnlyShown() throws IOException {
        carom.run("ingest", file("conn.ndjson", CONN));
        String hostile = "\u001b[2Jx";
        for (Program.Result result : List.of(
                carom.run("query", "select 1 as \"" + hostile + "\u202e\""),
                carom.run(
                        "parties",
                        "--parties",
                        folder.resolve(hostile + ".yaml").toString()),
                carom.run("convert", "--format", hostile, "-"),
                carom.run("convert", "--" + hostile, "-"))) {
            String all = result.out() + result.err();
            assertTrue(all.contains("\\u001b[2Jx"), all);
            assertFalse(all.contains("\u001b") || all.contains("\u202e"), all);
        }
        Program.Result failed = carom.run("query", "select cast('" + hostile + "' as integer)");
        assertEquals(1, failed.exit());
        assertFalse(failed.err().contains("\u001b"), failed.err());
    }

    @Test
    void namesAreReadOutOfWhateverTheyLieIn() throws IOException {
        String clients =
                file("clients.csv", "name,domains\nInfosys Limited,infosys.com\nMüller Bau,mueller-bau.example\n");
        Path names = Files.createDirectories(folder.resolve("names"));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(names.resolve("a.txt.gz")))) {
            out.write("mail.infosys.com\n".getBytes(StandardCharsets.UTF_8));
        }
        // As PowerShell's > writes, and as cmd's did.
        Files.write(names.resolve("b.txt"), "\uFEFFmail.infosys.com\r\n".getBytes(StandardCharsets.UTF_16LE));
        Files.write(names.resolve("c.txt"), "Müller Bau\n".getBytes(Charset.forName("windows-1252")));
        Program.Result result = carom.run("victims", "--json", "--names", names.toString(), "--clients", clients);
        assertEquals(0, result.exit(), result.err());
        assertEquals(
                List.of("Infosys Limited", "Infosys Limited", "Müller Bau"),
                result.objects().stream().map(n -> n.get("client").asString()).toList());
        Program.Result missing = carom.run("victims", "--names", folder + "/none.txt", "--clients", clients);
        assertEquals(1, missing.exit());
        assertTrue(missing.err().contains("none.txt: no such file"), missing.err());
    }

    @Test
    void aFileThatIsNoTextIsNamed() throws IOException {
        Path latin = Files.write(
                folder.resolve("latin.csv"),
                "party,role,type,value\nmüller,client,,\n".getBytes(StandardCharsets.ISO_8859_1));
        Program.Result result =
                Program.plain("", "parties", "import", "--home=" + folder.resolve("home"), latin.toString());
        assertEquals(1, result.exit());
        assertTrue(result.err().contains(latin + ": is no text in UTF-8"), result.err());
        result = carom.run("convert", "--parties", folder.toString(), "-");
        assertEquals(1, result.exit());
        assertTrue(result.err().contains(folder + ": is a folder"), result.err());
    }

    @Test
    void timesAreTakenAsPeopleWriteThem() throws IOException {
        String parties = file("parties.yaml", "parties:\n  - {name: acme, role: client, networks: [10.20.0.0/16]}\n");
        for (String at : List.of("2019-03-04", "2019-03-04 23:10", "2019-03-04T23:10:00Z", "2019-03-04T23:10+02:00")) {
            Program.Result whois = Program.plain(
                    "",
                    "parties",
                    "whois",
                    "--home=" + folder.resolve("home"),
                    "--json",
                    "--parties",
                    parties,
                    "--at",
                    at,
                    "10.20.4.17");
            assertEquals(0, whois.exit(), at + ": " + whois.err());
            assertEquals(0, carom.fed(CONN, "convert", "--reference", at, "-").exit(), at);
        }
        assertEquals(
                2, carom.fed(CONN, "convert", "--reference", "yesterday", "-").exit());
    }

    @Test
    void whatTheExitCodeDependsOnIsToldToThoseWhoWantNoNotes() {
        Program.Result match = Program.plain("no json\n", "intel", "match", "--quiet", "-");
        assertEquals(3, match.exit());
        assertTrue(match.err().startsWith("-:1: "), match.err());
    }

    @Test
    void whatIsReadCannotBeAskedTooByTheSameInput() {
        Program.Result result =
                Program.plain("evil.example\n", "intel", "add", "--home=" + folder.resolve("home"), "--confirm", "-");
        assertEquals(2, result.exit());
        assertTrue(result.err().contains("name a file"), result.err());
    }

    @Test
    void tracesGoByTheHomesParties() throws IOException {
        file("home/parties.yaml", "parties:\n  - {nam: x}\n");
        Program.Result result = carom.run("trace", "10.1.2.3");
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("parties.yaml:2"), result.err());
    }

    @Test
    void whatWentWrongIsSaidWithItsPlace() {
        String file = folder.resolve("x").toString();
        assertEquals(file + ": is there already; name another", Main.explain(new FileAlreadyExistsException(file)));
        assertEquals(file + ": is no folder", Main.explain(new NotDirectoryException(file)));
        assertEquals(
                file + ": no such file or folder",
                Main.explain(new UncheckedIOException(new NoSuchFileException(file))));
        assertTrue(Main.explain(new OutOfMemoryError()).contains("CAROM_JAVA_OPTS=-Xmx2g"));
        assertEquals("Broken pipe", Main.explain(new IOException("Broken pipe")), "of a connection, which is a fault");
    }

    @Test
    void tablesAreToldWithTheirCounts() throws IOException {
        carom.run("ingest", file("conn.ndjson", CONN));
        String home = "--home=" + folder.resolve("home");
        for (String command : List.of("verify", "tables")) {
            List<JsonNode> tables =
                    Program.plain("", "lake", command, "--json", home).objects();
            JsonNode table = tables.stream()
                    .filter(t -> t.path("class").asString("").equals("network_activity"))
                    .findFirst()
                    .orElseThrow();
            has(table, "client", "class", "files", "rows", "bytes");
            assertEquals(2, table.get("rows").asInt());
        }
        String text = Program.plain("", "lake", "tables", home).out();
        assertTrue(text.contains("local.network_activity: 1 files, 2 rows, "), text);
    }

    @Test
    void sightingsAreOfAClientThatCanBe() throws IOException {
        Program.Result result = Program.plain(
                "",
                "advise",
                "sightings",
                "--home=" + folder.resolve("home"),
                "../acme",
                file("seen.csv", "value,first_seen\nevil.example,2026-03-01T00:00:00Z\n"));
        assertEquals(2, result.exit());
        assertTrue(result.err().contains("CLIENT: a name is lower-case letters"), result.err());
    }

    @Test
    void aPartiesFileIsMadeOfTables() throws IOException {
        String owned = file(
                "owned.csv",
                "party,role,type,value\nacme,client,network,10.20.0.0/16\nacme,client,scanner,10.20.0.9/32\n");
        Program.Result made = Program.plain("", "parties", "import", "--home=" + folder.resolve("home"), owned);
        assertEquals(0, made.exit(), made.err());
        String parties = file("parties.yaml", made.out());
        JsonNode acme =
                carom.run("parties", "--json", "--parties", parties).objects().getFirst();
        assertEquals("10.20.0.0/16", acme.at("/networks/0").asString());
        assertEquals("10.20.0.9/32", acme.at("/scanners/0").asString());
    }

    @Test
    void valuesWithMembersAreJsonInEveryForm() throws IOException {
        carom.run("ingest", file("conn.ndjson", CONN));
        String sql = "select {'ports': [22, 443]} as seen";
        assertEquals("seen\n{\"ports\":[22,443]}\n", carom.run("query", sql).out());
        assertEquals(
                "seen\n\"{\"\"ports\"\":[22,443]}\"\n",
                carom.run("query", "--csv", sql).out());
        assertEquals(
                "{\"seen\":{\"ports\":[22,443]}}\n",
                carom.run("query", "--json", sql).out());
    }

    @Test
    void patternsAreReadOutOfWhateverTheyLieIn() throws IOException {
        Path lines = Files.createDirectories(folder.resolve("patterns"));
        String line = "{\"pattern\":\"[ipv4-addr:value ~ 1]\",\"observed\":[],\"spec\":\"2.1\"}\n";
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(lines.resolve("a.ndjson.gz")))) {
            out.write(line.getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(lines.resolve("b.ndjson"), "\uFEFF" + line);
        Program.Result result = Program.plain("", "intel", "match", "--json", lines.toString());
        assertEquals(0, result.exit(), result.err());
        assertEquals(2, result.objects().size());
        Program.Result missing = Program.plain("", "intel", "match", folder + "/none.ndjson");
        assertEquals(1, missing.exit());
        assertTrue(missing.err().contains("none.ndjson: no such file"), missing.err());
    }

    @Test
    void aDemoIsMadeInNobodysHome() throws IOException {
        carom.run("ingest", file("conn.ndjson", CONN));
        Program.Result demo = carom.run("demo", "--no-serve");
        assertEquals(1, demo.exit());
        assertTrue(demo.err().contains("is a home already"), demo.err());
        assertEquals(
                "n\n2\n",
                carom.run("query", "select count(*) as n from network_activity").out());
    }

    @Test
    void whatIsWrittenIsNotReadAsALog() throws IOException {
        file("a/conn.ndjson", CONN);
        Path logs = folder.resolve("a");
        Path events = logs.resolve("ocsf/events.ndjson");
        file("b/conn.ndjson", CONN);
        Path others = folder.resolve("b");
        String iocs = file("iocs.csv", "type,value\nip,198.51.100.7\n");
        file("c/conn.ndjson", CONN);
        // Its home lies among the logs.
        Program within = new Program(folder.resolve("c/home"));
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    0,
                    carom.run("convert", "--out", logs.resolve("ocsf").toString(), logs.toString())
                            .exit());
            assertEquals(2, Files.readAllLines(events).size());
            Program.Result told = carom.run(
                    "investigate",
                    "--indicators",
                    iocs,
                    "--out",
                    others.resolve("report").toString(),
                    others.toString());
            assertEquals(0, told.exit(), told.err());
            Program.Result kept =
                    within.run("ingest", "--json", folder.resolve("c").toString());
            assertEquals(1, kept.objects().size(), kept.out());
        }
        // Who names it means it.
        assertEquals(2, carom.run("convert", events.toString()).objects().size());
    }
}

package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.Faults;
import io.carom.detect.sigma.LogSources.Place;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.InputContext;
import io.carom.source.Source;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

class LogSourcesTest {
    private static final LogSources STANDARD = LogSources.standard();

    /// `product/category/service` with `-` for what is left open.
    static LogSource of(String text) {
        String[] parts = text.split("/", -1);
        return new LogSource(part(parts[1]), part(parts[0]), part(parts[2]));
    }

    private static String part(String text) {
        return text.equals("-") ? null : text;
    }

    @FunctionalInterface
    private interface RowSink {
        void row(EventBatch batch, int row);
    }

    private static void read(byte[] bytes, RowSink sink) {
        try {
            new InputReader(Sources.installed(), null)
                    .read(
                            new ByteArrayInputStream(bytes),
                            new InputContext("x", ZoneOffset.UTC, Instant.parse("2026-01-01T00:00:00Z")),
                            new EventBatch(1 << 16),
                            (batch, n) -> {
                                for (int row = 0; row < batch.rows(); row++) {
                                    sink.row(batch, row);
                                }
                                return batch;
                            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The kind of the one event that a record gives.
    private static int kind(LogSources sources, String record) {
        List<Integer> kinds = new ArrayList<>();
        LogSources.Classifier classifier = sources.classifier();
        read((record + '\n').getBytes(StandardCharsets.UTF_8), (batch, row) -> kinds.add(classifier.kind(batch, row)));
        assertEquals(1, kinds.size(), record);
        return kinds.getFirst();
    }

    private static String windows(String channel, String provider, int id, String... data) {
        StringBuilder json = new StringBuilder("{\"@timestamp\":\"2024-03-05T03:17:02.900Z\",\"Channel\":\"" + channel
                + "\",\"SourceName\":\"" + provider + "\",\"EventID\":" + id + ",\"Hostname\":\"ws1.corp.example\"");
        for (int i = 0; i < data.length; i += 2) {
            json.append(",\"")
                    .append(data[i])
                    .append("\":\"")
                    .append(data[i + 1])
                    .append('"');
        }
        return json.append('}').toString();
    }

    private static final String SYSMON = "Microsoft-Windows-Sysmon/Operational";
    private static final String SYSMON_PROVIDER = "Microsoft-Windows-Sysmon";

    /// A record, log sources whose rules look at it, and log sources whose rules do not.
    static final List<Arguments> RECORDS = List.of(
            Arguments.of(
                    windows(SYSMON, SYSMON_PROVIDER, 1, "Image", "C:\\\\a.exe"),
                    "windows/process_creation/- windows/-/sysmon windows/-/- -/process_creation/-",
                    "windows/-/security linux/process_creation/- linux/-/- windows/image_load/- -/-/apache"),
            Arguments.of(
                    windows("Security", "Microsoft-Windows-Security-Auditing", 4688, "NewProcessName", "C:\\\\a.exe"),
                    "windows/process_creation/- windows/-/security windows/process_creation/security",
                    "windows/-/sysmon windows/-/system"),
            Arguments.of(
                    windows("System", "Microsoft-Windows-Kernel-General", 1),
                    "windows/-/system windows/-/-",
                    "windows/process_creation/- windows/-/sysmon"),
            Arguments.of(
                    windows(SYSMON, SYSMON_PROVIDER, 12, "EventType", "CreateKey", "TargetObject", "HKLM\\\\a"),
                    "windows/registry_event/- windows/registry_add/-",
                    "windows/registry_delete/- windows/registry_set/-"),
            Arguments.of(
                    windows(SYSMON, SYSMON_PROVIDER, 12, "EventType", "DeleteValue", "TargetObject", "HKLM\\\\a"),
                    "windows/registry_event/- windows/registry_delete/-",
                    "windows/registry_add/- windows/registry_set/-"),
            Arguments.of(
                    windows(SYSMON, SYSMON_PROVIDER, 13, "TargetObject", "HKLM\\\\a"),
                    "windows/registry_event/- windows/registry_set/-",
                    "windows/registry_add/- windows/registry_rename/-"),
            Arguments.of(
                    windows("PowerShellCore/Operational", "PowerShellCore", 4104, "ScriptBlockText", "x"),
                    "windows/ps_script/- windows/-/powershell",
                    "windows/ps_module/- windows/-/powershell-classic"),
            Arguments.of(
                    windows(
                            "Microsoft-Windows-Windows Defender/Operational",
                            "Microsoft-Windows-Windows Defender",
                            1116),
                    "windows/-/windefend -/antivirus/-",
                    "windows/-/system"),
            Arguments.of(
                    windows(
                            "Microsoft-Windows-Windows Defender/Operational",
                            "Microsoft-Windows-Windows Defender",
                            5001),
                    "windows/-/windefend",
                    "-/antivirus/-"),
            Arguments.of(
                    windows("RPCFW", "RPCFW", 3, "InterfaceUuid", "12345778-1234-abcd-ef00-0123456789ab"),
                    "rpc_firewall/application/- windows/-/-",
                    "windows/-/security"),
            Arguments.of(
                    windows("Linux-Sysmon/Operational", "Linux-Sysmon", 1, "Image", "/usr/bin/id"),
                    "linux/process_creation/- linux/-/- linux/-/sysmon",
                    "windows/process_creation/- windows/-/-"),
            Arguments.of(
                    "type=EXECVE msg=audit(1700000000.123:42): argc=2 a0=\"curl\" a1=\"-o\"",
                    "linux/-/auditd linux/-/-",
                    "linux/-/syslog linux/process_creation/- linux/-/sshd"),
            Arguments.of(
                    "Mar  4 05:06:07 host01 sshd[312]: Failed password for root from 203.0.113.44 port 4711 ssh2",
                    "linux/-/sshd linux/-/auth linux/-/syslog linux/-/-",
                    "linux/-/cron linux/-/sudo juniper/-/bgp windows/-/-"),
            Arguments.of(
                    "Mar  4 05:06:07 host01 sudo:     jane : TTY=pts/0 ; PWD=/home/jane ; USER=#-1 ; COMMAND=/usr/bin/id",
                    "linux/-/sudo linux/-/auth linux/-/-",
                    "linux/-/sshd"),
            Arguments.of(
                    "Mar  4 05:06:07 host01 CRON[99]: (root) CMD (run-parts /etc/cron.hourly)",
                    "linux/-/cron linux/-/syslog",
                    "linux/-/sudo"),
            Arguments.of(
                    "<86>Mar  4 05:06:07 host01 clamd[9]: /tmp/eicar: Eicar-Test-Signature FOUND",
                    "linux/-/clamav -/antivirus/-",
                    "windows/-/windefend"),
            Arguments.of(
                    "Mar  4 05:06:07 r1 rpd[2]: tcp_auth_ok: Packet from 192.0.2.1:179 missing MD5 digest",
                    "juniper/-/bgp",
                    "huawei/-/bgp cisco/-/bgp"),
            Arguments.of(
                    "<187>Mar  4 05:06:07 r1 %%01BGP/3/BGP_AUTH_FAILED(l)[12]: BGP session authentication failed. "
                            + "(PeeringAddress=192.0.2.1:179)",
                    "huawei/-/bgp", "juniper/-/bgp cisco/-/bgp"),
            Arguments.of(
                    "<189>45: rt01: Mar  4 2019 05:06:07.123 UTC: %TCP-6-BADAUTH: No MD5 digest from 192.0.2.1(179)",
                    "cisco/-/bgp cisco/-/syslog cisco/-/aaa", "huawei/-/bgp linux/-/-"),
            Arguments.of(
                    "{\"auditType\":{\"action\":\"Login\",\"category\":\"Auth\"},\"timestamp\":\"2024-05-06T07:08:09Z\"}",
                    "bitbucket/-/audit",
                    "github/-/audit linux/-/-"),
            Arguments.of(
                    "{\"logtype\":5001,\"node_id\":\"c1\",\"dst_host\":\"192.0.2.1\",\"src_host\":\"192.0.2.2\"}",
                    "opencanary/application/-",
                    "python/application/- sql/application/-"),
            Arguments.of(
                    "{\"apiVersion\":\"audit.k8s.io/v1\",\"kind\":\"Event\",\"verb\":\"create\","
                            + "\"objectRef\":{\"resource\":\"pods\"},\"sourceIPs\":[\"192.0.2.1\"]}",
                    "kubernetes/-/audit kubernetes/application/audit",
                    "azure/-/auditlogs github/-/audit"),
            Arguments.of(
                    "{\"protoPayload\":{\"@type\":\"type.googleapis.com/google.cloud.audit.AuditLog\","
                            + "\"serviceName\":\"iam.googleapis.com\",\"methodName\":\"x.DeleteServiceAccount\"}}",
                    "gcp/-/gcp.audit",
                    "gcp/-/google_workspace.admin aws/-/cloudtrail"),
            Arguments.of(
                    "{\"protoPayload\":{\"@type\":\"type.googleapis.com/google.cloud.audit.AuditLog\","
                            + "\"serviceName\":\"admin.googleapis.com\",\"methodName\":\"x\"}}",
                    "gcp/-/gcp.audit gcp/-/google_workspace.admin",
                    "gcp/-/google_workspace.login"),
            Arguments.of(
                    "{\"category\":\"AuditLogs\",\"operationName\":\"Add user\",\"time\":\"2024-05-06T07:08:09Z\"}",
                    "azure/-/auditlogs",
                    "azure/-/signinlogs azure/-/activitylogs"),
            Arguments.of(
                    "{\"category\":\"Administrative\",\"operationName\":\"MICROSOFT.NETWORK/DNSZONES/DELETE\","
                            + "\"resourceId\":\"/subscriptions/s\",\"time\":\"2024-05-06T07:08:09Z\"}",
                    "azure/-/activitylogs",
                    "azure/-/auditlogs"),
            Arguments.of(
                    "{\"time\":\"2024-05-06T07:10:00Z\",\"operationName\":\"Sign-in activity\",\"category\":\"SignInLogs\","
                            + "\"resultType\":\"50126\",\"properties\":{\"status\":{\"errorCode\":50126}}}",
                    "azure/-/signinlogs azure/-/-",
                    "azure/-/auditlogs m365/-/audit"),
            Arguments.of(
                    "{\"CreationTime\":\"2024-05-06T08:00:00\",\"Operation\":\"AlertTriggered\",\"OrganizationId\":\"o\","
                            + "\"RecordType\":40,\"Workload\":\"SecurityComplianceCenter\",\"Name\":\"Impossible travel\"}",
                    "m365/-/audit m365/-/threat_management m365/-/threat_detection",
                    "m365/-/exchange azure/-/auditlogs"),
            Arguments.of(
                    "{\"eventVersion\":\"1.08\",\"eventTime\":\"2024-05-06T07:11:00Z\",\"eventSource\":\"kms.amazonaws.com\","
                            + "\"eventName\":\"Decrypt\",\"awsRegion\":\"eu-west-1\",\"eventType\":\"AwsApiCall\"}",
                    "aws/-/cloudtrail aws/-/-",
                    "azure/-/activitylogs gcp/-/gcp.audit"),
            Arguments.of(
                    "{\"actor\":{\"id\":\"1\",\"alternateId\":\"a\"},\"eventType\":\"user.mfa.factor.reset_all\",\"outcome\":{\"result\":"
                            + "\"SUCCESS\"},\"published\":\"2024-05-06T07:20:00.000Z\"}",
                    "okta/-/okta",
                    "onelogin/-/onelogin.events github/-/audit"),
            Arguments.of(
                    "{\"id\":\"1\",\"riskEventType\":\"impossibleTravel\",\"riskLevel\":\"high\"}",
                    "azure/-/riskdetection azure/-/pim",
                    "azure/-/auditlogs"),
            Arguments.of(
                    "{\"event_type\":\"authentication\",\"reason\":\"bypass_user\",\"txid\":\"x\",\"timestamp\":1700000000}",
                    "cisco/-/duo",
                    "cisco/-/aaa cisco/-/syslog"),
            Arguments.of(
                    "{\"event_type_id\":3,\"account_id\":1,\"created_at\":\"2024-05-06T07:08:09Z\"}",
                    "onelogin/-/onelogin.events",
                    "okta/-/okta"),
            Arguments.of(
                    "{\"action\":\"org.add_member\",\"actor\":\"jane\",\"org\":\"example\",\"created_at\":1700000000123}",
                    "github/-/audit",
                    "bitbucket/-/audit"),
            Arguments.of(
                    "{\"__REALTIME_TIMESTAMP\":\"1700000000123456\",\"SYSLOG_IDENTIFIER\":\"sudo\",\"MESSAGE\":\"x\"}",
                    "linux/-/sudo linux/-/auth linux/-/syslog",
                    "linux/-/sshd macos/-/-"),
            Arguments.of(
                    "{\"event\":{\"exec\":{\"target\":{\"executable\":{\"path\":\"/usr/bin/osascript\"}},"
                            + "\"args\":[\"osascript\",\"-e\"]}},\"time\":\"2024-05-06T07:08:09Z\"}",
                    "macos/process_creation/- macos/-/-",
                    "macos/file_event/- linux/process_creation/-"),
            Arguments.of(
                    "{\"@timestamp\":\"2024-05-06T07:08:09Z\",\"logger_name\":\"o.s.web\",\"thread_name\":\"main\","
                            + "\"message\":\"x\"}",
                    "jvm/application/- spring/application/-",
                    "django/application/- nodejs/application/-"),
            Arguments.of(
                    "Mar  4 05:06:07 db1 postgres[5]: ERROR:  syntax error at or near \"x\"",
                    "-/database/- sql/application/-",
                    "jvm/application/-"),
            Arguments.of(
                    "CEF:0|Example|Proxy|1|1|web|3|src=192.0.2.1 request=http://x.example/a requestMethod=GET",
                    "-/proxy/-",
                    "-/webserver/- -/dns/-"),
            Arguments.of(
                    "date=2019-03-04 time=05:06:07 devname=\"FGT01\" devid=\"FGT60E0000000001\" logid=\"0100044547\" "
                            + "type=\"event\" subtype=\"system\" level=\"information\" vd=\"root\" cfgpath=\"user.local\" "
                            + "action=\"Add\"",
                    "fortigate/-/event fortigate/-/-",
                    "-/antivirus/- paloalto/-/-"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("RECORDS")
    void aRecordIsLookedAtByTheRulesOfItsLogSources(String record, String looks, String looksNot) {
        int kind = kind(STANDARD, record);
        assertNotEquals(-1, kind);
        for (String source : looks.split(" ")) {
            assertTrue(STANDARD.covers(kind, of(source)), source);
            assertTrue(STANDARD.knows(of(source)), source);
        }
        for (String source : looksNot.split(" ")) {
            assertFalse(STANDARD.covers(kind, of(source)), source);
        }
    }

    /// A record, a log source, a field of its rules, and its values in the record.
    static final List<Arguments> FIELDS = List.of(
            Arguments.of(
                    windows("Security", "Microsoft-Windows-Security-Auditing", 4688, "NewProcessName", "C:\\\\a.exe"),
                    "windows/process_creation/-",
                    "Image",
                    List.of("NewProcessName")),
            Arguments.of(
                    windows("Security", "Microsoft-Windows-Security-Auditing", 4688, "NewProcessName", "C:\\\\a.exe"),
                    "windows/-/security",
                    "ProcessId",
                    List.of("ProcessId")),
            Arguments.of(
                    windows("Security", "Microsoft-Windows-Security-Auditing", 4688, "NewProcessName", "C:\\\\a.exe"),
                    "windows/process_creation/-",
                    "ParentProcessId",
                    List.of("ProcessId")),
            Arguments.of(
                    windows(SYSMON, SYSMON_PROVIDER, 1, "Image", "C:\\\\a.exe"),
                    "windows/process_creation/-",
                    "Image",
                    List.of("Image")),
            Arguments.of(
                    "{\"apiVersion\":\"audit.k8s.io/v1\",\"verb\":\"create\",\"objectRef\":{\"apiGroup\":\"apps\"}}",
                    "kubernetes/application/audit",
                    "apiGroup",
                    List.of("apiGroup", "objectRef.apiGroup")),
            Arguments.of(
                    "CEF:0|Example|Proxy|1|1|web|3|src=192.0.2.1 request=http://x.example/a requestMethod=GET",
                    "-/proxy/-",
                    "src_ip",
                    List.of("@src_endpoint.ip")));

    @ParameterizedTest(name = "{2} of {1}: {3}")
    @FieldSource("FIELDS")
    void aRulesFieldStandsWhereTheProductHasIt(String record, String source, String field, List<String> places) {
        int kind = kind(STANDARD, record);
        assertEquals(
                places,
                STANDARD.places(kind, of(source), field).stream()
                        .map(p -> switch (p) {
                            case Place.Native(String name) -> name;
                            case Place.Column(Attribute attribute) -> "@" + attribute.path();
                        })
                        .toList());
    }

    /// A record, a log source, and what a rule of it can ask that is so of the record.
    static final List<Arguments> QUESTIONS = List.of(
            Arguments.of(
                    windows(
                            "Security",
                            "Microsoft-Windows-Security-Auditing",
                            4688,
                            "NewProcessName",
                            "C:\\\\a.exe",
                            "ParentProcessName",
                            "C:\\\\b.exe",
                            "CommandLine",
                            "a -x"),
                    "windows/process_creation/-",
                    "{Image|endswith: a.exe, ParentImage|endswith: b.exe, CommandLine|contains: ' -x'}"),
            Arguments.of(
                    windows(
                            "Security",
                            "Microsoft-Windows-Security-Auditing",
                            4688,
                            "NewProcessName",
                            "C:\\\\a.exe",
                            "MandatoryLabel",
                            "S-1-16-16384"),
                    "windows/process_creation/-",
                    "{IntegrityLevel: [System, S-1-16-16384]}"),
            Arguments.of(
                    windows(
                            "Microsoft-Windows-Windows Defender/Operational",
                            "Microsoft-Windows-Windows Defender",
                            1116,
                            "Threat Name",
                            "HackTool:Example",
                            "Path",
                            "C:\\\\x"),
                    "-/antivirus/-",
                    "{Signature|startswith: HackTool, Filename|endswith: x}"),
            Arguments.of(
                    windows("RPCFW", "RPCFW", 3, "InterfaceUuid", "12345778-1234-abcd-ef00-0123456789ab"),
                    "rpc_firewall/application/-",
                    "{EventLog: RPCFW, EventID: 3, InterfaceUuid: 12345778-1234-abcd-ef00-0123456789ab}"),
            Arguments.of(
                    windows("Linux-Sysmon/Operational", "Linux-Sysmon", 1, "Image", "/usr/bin/curl"),
                    "linux/process_creation/-",
                    "{Image|endswith: /curl}"),
            Arguments.of(
                    "{\"timestamp\":\"2026-03-04T08:03:00.000000+0000\",\"flow_id\":6,\"event_type\":\"http\",\"src_ip\":\"10.20.0.5\",\"src_port\":50200,\"dest_ip\":\"203.0.113.9\",\"dest_port\":80,\"proto\":\"TCP\",\"http\":{\"hostname\":\"files.vendor.example\",\"url\":\"/u/update.bin?x=1\",\"http_user_agent\":\"Updater/2.1\",\"http_method\":\"GET\",\"status\":200,\"length\":40}}",
                    "-/proxy/-",
                    "{c-uri|startswith: /u/update, cs-host|endswith: .vendor.example, c-useragent: 'Updater/*', sc-status: 200}"),
            Arguments.of(
                    "{\"timestamp\":\"2026-03-04T08:03:00.000000+0000\",\"flow_id\":6,\"event_type\":\"http\",\"src_ip\":\"10.20.0.5\",\"src_port\":50200,\"dest_ip\":\"203.0.113.9\",\"dest_port\":80,\"proto\":\"TCP\",\"http\":{\"hostname\":\"files.vendor.example\",\"url\":\"/u/update.bin?x=1\",\"http_user_agent\":\"Updater/2.1\",\"http_method\":\"GET\",\"status\":200,\"length\":40}}",
                    "-/webserver/-",
                    "{cs-uri-query|contains|all: [update.bin, x=1], cs-method: GET}"),
            Arguments.of(
                    "{\"_path\":\"http\",\"ts\":\"2019-03-04T05:00:01.000000Z\",\"uid\":\"C1\",\"id.orig_h\":\"10.20.0.14\",\"id.orig_p\":5353,\"id.resp_h\":\"198.51.100.7\",\"id.resp_p\":80,\"method\":\"GET\",\"host\":\"a.example\",\"uri\":\"/x.php?cmd=id\",\"user_agent\":\"tool/1\",\"status_code\":200}",
                    "-/webserver/-",
                    "{cs-uri-query|contains: '.php?cmd=', sc-status: 200}"),
            Arguments.of(
                    "{\"_path\":\"http\",\"ts\":\"2019-03-04T05:00:01.000000Z\",\"uid\":\"C1\",\"id.orig_h\":\"10.20.0.14\",\"id.orig_p\":5353,\"id.resp_h\":\"198.51.100.7\",\"id.resp_p\":80,\"method\":\"GET\",\"host\":\"a.example\",\"uri\":\"/x.php?cmd=id\",\"user_agent\":\"tool/1\",\"status_code\":200}",
                    "-/proxy/-",
                    "{c-uri|contains: '/x.php', cs-host: a.example, dst_ip|cidr: 198.51.100.0/24}"),
            Arguments.of(
                    "{\"_path\":\"http\",\"ts\":\"2019-03-04T05:00:01.000000Z\",\"uid\":\"C1\",\"id.orig_h\":\"10.20.0.14\",\"id.orig_p\":5353,\"id.resp_h\":\"198.51.100.7\",\"id.resp_p\":80,\"method\":\"GET\",\"host\":\"a.example\",\"uri\":\"/x.php?cmd=id\",\"user_agent\":\"tool/1\",\"status_code\":200}",
                    "zeek/-/http",
                    "{c-useragent|startswith: tool, uri|contains: cmd}"),
            Arguments.of(
                    "{\"_path\":\"dns\",\"ts\":\"2019-03-04T05:00:01.000000Z\",\"uid\":\"C1\",\"id.orig_h\":\"10.20.0.14\",\"id.orig_p\":5353,\"id.resp_h\":\"10.20.0.2\",\"id.resp_p\":53,\"proto\":\"udp\",\"query\":\"mail.example.com\",\"qtype_name\":\"A\",\"answers\":[\"192.0.2.10\"]}",
                    "-/dns/-",
                    "{query|endswith: .example.com, record_type: A, answer: 192.0.2.10}"),
            Arguments.of(
                    "{\"_path\":\"dns\",\"ts\":\"2019-03-04T05:00:01.000000Z\",\"uid\":\"C1\",\"id.orig_h\":\"10.20.0.14\",\"id.orig_p\":5353,\"id.resp_h\":\"10.20.0.2\",\"id.resp_p\":53,\"proto\":\"udp\",\"query\":\"mail.example.com\",\"qtype_name\":\"A\",\"answers\":[\"192.0.2.10\"]}",
                    "-/network/dns",
                    "{dns.question.name: mail.example.com, destination.port: 53}"),
            Arguments.of(
                    "1,2019/03/04 05:06:10,001801000001,THREAT,url,2561,2019/03/04 05:06:10,10.20.0.14,198.51.100.7,192.0.2.5,198.51.100.7,allow-web,example\\jane,,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,Logs,2019/03/04 05:06:10,24101,1,50113,443,61001,443,0x40b000,tcp,alert,\"a.example.com/in?a=1,2\",(9999),business,informational,client-to-server,12348,0x0,Example,United States,,,0,,,0",
                    "-/proxy/-",
                    "{c-uri|contains: '/in?a=1', dst_ip: 198.51.100.7}"),
            Arguments.of(
                    "date=2019-03-04 time=05:06:07 devname=\"FGT01\" devid=\"FGT60E0000000001\" logid=\"0211008192\" type=\"utm\" subtype=\"virus\" eventtype=\"infected\" level=\"warning\" vd=\"root\" srcip=10.20.0.14 dstip=198.51.100.7 srcport=50112 dstport=80 proto=6 action=\"blocked\" filename=\"eicar.com\" virus=\"EICAR_TEST_FILE\"",
                    "-/antivirus/-",
                    "{Signature|startswith: EICAR, Filename: eicar.com, Action: blocked}"),
            Arguments.of(
                    "{\"apiVersion\":\"audit.k8s.io/v1\",\"kind\":\"Event\",\"verb\":\"create\",\"objectRef\":{\"resource\":\"pods\"},\"requestObject\":{\"spec\":{\"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":\"/\"}}]}}}",
                    "kubernetes/application/audit",
                    "{verb: create, objectRef.resource: pods, hostPath: '*'}"),
            Arguments.of(
                    "{\"protoPayload\":{\"@type\":\"type.googleapis.com/google.cloud.audit.AuditLog\",\"serviceName\":\"iam.googleapis.com\",\"methodName\":\"google.iam.admin.v1.serviceAccounts.delete\"}}",
                    "gcp/-/gcp.audit",
                    "{gcp.audit.method_name|endswith: .serviceAccounts.delete}"),
            Arguments.of(
                    "{\"protoPayload\":{\"@type\":\"type.googleapis.com/google.cloud.audit.AuditLog\",\"serviceName\":\"admin.googleapis.com\",\"metadata\":{\"event\":[{\"eventName\":\"REMOVE_APPLICATION\"}]}}}",
                    "gcp/-/google_workspace.admin",
                    "{eventService: admin.googleapis.com, eventName: REMOVE_APPLICATION}"),
            Arguments.of(
                    "{\"category\":\"AuditLogs\",\"operationName\":\"Add user\",\"time\":\"2024-05-06T07:08:09Z\",\"properties\":{\"result\":\"success\",\"initiatedBy\":{\"user\":{\"userPrincipalName\":\"bob@example.com\"}},\"targetResources\":[{\"displayName\":\"Helpdesk Admins\"}]}}",
                    "azure/-/auditlogs",
                    "{properties.message: Add user, Status: Success, properties.initiatedBy|contains: bob, properties.targetResources|contains: Admins}"),
            Arguments.of(
                    "{\"category\":\"Administrative\",\"operationName\":\"MICROSOFT.NETWORK/DNSZONES/DELETE\",\"resourceId\":\"/subscriptions/s\",\"time\":\"2024-05-06T07:08:09Z\"}",
                    "azure/-/activitylogs",
                    "{operationName|startswith: MICROSOFT.NETWORK/DNSZONES, ResourceId|startswith: /subscriptions, CategoryValue: Administrative}"),
            Arguments.of(
                    "{\"time\":\"2024-05-06T07:10:00Z\",\"operationName\":\"Sign-in activity\",\"category\":\"SignInLogs\",\"resultType\":\"50126\",\"resultDescription\":\"Invalid\",\"properties\":{\"status\":{\"errorCode\":50126},\"authenticationProtocol\":\"ropc\",\"userPrincipalName\":\"bob@example.com\"}}",
                    "azure/-/signinlogs",
                    "{ResultType: 50126, properties.message: ROPC, Username|endswith: '@example.com'}"),
            Arguments.of(
                    "{\"CreationTime\":\"2024-05-06T07:30:00\",\"Operation\":\"New-InboxRule\",\"OrganizationId\":\"o\",\"RecordType\":1,\"Workload\":\"Exchange\",\"Parameters\":[{\"Name\":\"ForwardTo\",\"Value\":\"out@example.net\"}]}",
                    "m365/-/audit",
                    "{Operation: New-InboxRule, Parameters|contains: ForwardTo}"),
            Arguments.of(
                    "{\"event\":{\"exec\":{\"target\":{\"executable\":{\"path\":\"/usr/bin/osascript\"}},\"args\":[\"osascript\",\"-e\",\"beep\"]}},\"time\":\"2024-05-06T07:08:09Z\"}",
                    "macos/process_creation/-",
                    "{Image|endswith: /osascript, CommandLine|contains|all: ['-e', beep]}"),
            Arguments.of(
                    "type=EXECVE msg=audit(1700000000.123:42): argc=3 a0=\"dd\" a1=\"if=/dev/zero\" a2=\"bs=1\"",
                    "linux/-/auditd",
                    "{type: EXECVE, a0: dd, a1|startswith: 'if=/dev/'}"),
            Arguments.of(
                    "type=SYSCALL msg=audit(1700000000.123:43): arch=c000003e syscall=133 success=yes exit=0 ppid=1 pid=9",
                    "linux/-/auditd",
                    "{type: SYSCALL, SYSCALL: mknod}"),
            Arguments.of(
                    "type=SYSCALL msg=audit(1700000000.123:44): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=9"
                            + " euid=0 comm=\"nc\" exe=\"/usr/bin/nc\"\ntype=EXECVE msg=audit(1700000000.123:44): argc=2"
                            + " a0=\"nc\" a1=\"-l\"",
                    "linux/process_creation/-",
                    "{Image|endswith: /nc, CommandLine|contains: 'nc -l', User: root}"),
            Arguments.of(
                    "[Mon Apr 15 15:44:09.056862 2024] [core:notice] [pid 1:tid 2] AH00052: child pid 7 exit signal"
                            + " Segmentation fault (11)",
                    "-/-/apache",
                    "['exit signal Segmentation Fault']"),
            Arguments.of(
                    "2024/04/15 15:44:09 [alert] 1#1: worker process 7 exited on signal 6 (core dumped)",
                    "-/-/nginx",
                    "['exited on signal 6 (core dumped)']"),
            Arguments.of(
                    "Mar  4 05:06:07 host01 sudo:     jane : TTY=pts/0 ; PWD=/home/jane ; USER=#-1 ; COMMAND=/usr/bin/id",
                    "linux/-/sudo",
                    "{USER|contains: '#-1'}"));

    @ParameterizedTest(name = "{1} {2}")
    @FieldSource("QUESTIONS")
    void aRuleFiresOnAProductsOwnRecord(String record, String source, String detection) {
        LogSource of = of(source);
        StringBuilder rule = new StringBuilder("title: t\nid: 3f3c1b9e-8ea1-4b50-a4f2-8b55b3a0b9ad\nlogsource:\n");
        Stream.of("category: " + of.category(), "product: " + of.product(), "service: " + of.service())
                .filter(part -> !part.endsWith(" null"))
                .forEach(part -> rule.append("    ").append(part).append('\n'));
        rule.append("detection:\n    selection: ").append(detection).append("\n    condition: selection\n");
        RuleReader.Documents read = new RuleReader(Placeholders.NONE).read("t.yml", rule.toString());
        assertEquals(1, read.rules().size(), () -> read.faults().toString());
        RuleMatcher matcher = new RuleMatcher(new Rules(read.rules(), STANDARD));
        List<String> fired = new ArrayList<>();
        read((record + '\n').getBytes(StandardCharsets.UTF_8), (batch, row) -> {
            if (row == 0) {
                matcher.match(batch, (r, kind, b, at) -> fired.add(r.id()));
            }
        });
        assertEquals(1, fired.size());
    }

    // ---- the rules and logs of others
    // -------------------------------------------------------------------------------------------------

    @Test
    void everyLogSourceOfTheRulesIsRoutedOrHasAReason() {
        Set<LogSource> all = new LinkedHashSet<>();
        for (Rule rule : SigmaHqRulesTest.read("sigma/rules.tar.gz", "").rules()) {
            all.add(rule.logSource());
        }
        assertEquals(138, all.size());
        Set<String> open = new TreeSet<>();
        Set<String> never = new TreeSet<>();
        for (LogSource of : all) {
            if (STANDARD.reason(of) != null) {
                never.add(of.toString());
            } else if (!STANDARD.knows(of)) {
                open.add(of.toString());
            }
        }
        assertEquals(Set.of(), open);
        assertEquals(Set.of("paloalto/file_event/globalprotect"), never);
    }

    /// Names of readers that are to come, or that users give their own.
    private static final Set<String> UNBORNE = Set.of("user-*");

    @Test
    void aReadersNameIsThatOfAReader() {
        Set<String> installed =
                Sources.installed().all().stream().map(Source::name).collect(Collectors.toSet());
        Set<String> unknown = new TreeSet<>();
        for (LogSources.Route route : STANDARD.routes()) {
            for (String name : STANDARD.readers(route.of())) {
                if (installed.stream().noneMatch(i -> LogSources.reads(name, i)) && !UNBORNE.contains(name)) {
                    unknown.add(name);
                }
            }
        }
        assertEquals(Set.of(), unknown);
    }

    /// What decides is read anew from the event's own fields here.
    @Test
    void realWindowsEventsAreRoutedByChannelAndId() {
        Map<String, byte[]> files = SigmaArchives.files("evtx/attack-samples.tar.gz");
        LogSource processes = of("windows/process_creation/-");
        LogSource sysmon = of("windows/-/sysmon");
        LogSource security = of("windows/-/security");
        LogSource linux = of("linux/-/-");
        LogSources.Classifier classifier = STANDARD.classifier();
        Map<String, Integer> seen = new TreeMap<>();
        files.forEach((name, bytes) -> {
            if (!name.endsWith(".evtx")) {
                return;
            }
            read(bytes, (batch, row) -> {
                String channel = value(batch, row, "Channel");
                String id = value(batch, row, "EventID");
                int kind = classifier.kind(batch, row);
                boolean one = channel.equals(SYSMON) && id.equals("1");
                boolean other = channel.equals("Security") && id.equals("4688");
                assertEquals(one || other, STANDARD.covers(kind, processes), channel + ' ' + id);
                assertEquals(channel.equals(SYSMON), STANDARD.covers(kind, sysmon), channel + ' ' + id);
                assertEquals(channel.equals("Security"), STANDARD.covers(kind, security), channel + ' ' + id);
                assertTrue(STANDARD.covers(kind, of("windows/-/-")));
                assertFalse(STANDARD.covers(kind, linux));
                seen.merge(one ? "1" : other ? "4688" : id.equals("1") ? "1 of others" : "other", 1, Integer::sum);
            });
        });
        assertEquals(Set.of("1", "4688", "other"), new TreeSet<>(seen.keySet()));
        assertEquals(2909, seen.values().stream().mapToInt(Integer::intValue).sum());
    }

    private static String value(EventBatch batch, int row, String field) {
        int id = FieldNames.of(field);
        for (int slot = batch.firstSlot(row); slot < batch.endSlot(row); slot++) {
            if (batch.slotField(slot) == id) {
                return batch.text(batch.slotValue(slot));
            }
        }
        return "";
    }

    @Test
    void kindsAreFewAndTheSameForEveryClassifier() {
        Map<String, byte[]> files = SigmaArchives.files("evtx/attack-samples.tar.gz");
        LogSources sources = LogSources.standard();
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        for (List<Integer> kinds : List.of(first, second)) {
            LogSources.Classifier classifier = sources.classifier();
            files.forEach((name, bytes) -> read(bytes, (batch, row) -> kinds.add(classifier.kind(batch, row))));
        }
        assertEquals(first, second);
        assertTrue(sources.kinds() < 60, () -> "kinds: " + sources.kinds());
    }

    // ---- the file's form
    // -------------------------------------------------------------------------------------------------

    private static final String EVENT = "{\"app\":\"Orders-2\",\"empty\":null,\"level\":\"warn\",\"text\":\"x\"}";

    static final List<Arguments> CONDITIONS = List.of(
            Arguments.of("{app: orders-2}", true),
            Arguments.of("{app: orders-}", false),
            Arguments.of("{app: orders-22}", false),
            Arguments.of("{app: ORDERS*}", true),
            Arguments.of("{app: order-*}", false),
            Arguments.of("{app: '*'}", true),
            Arguments.of("{empty: '*'}", false),
            Arguments.of("{absent: '*'}", false),
            Arguments.of("{app: [a, orders-2], level: warn}", true),
            Arguments.of("{app: [a, orders-2], level: error}", false),
            Arguments.of("{app: orders-2, not: {level: warn}}", false),
            Arguments.of("{app: orders-2, not: {level: error}}", true),
            Arguments.of("{app: orders-2, not: [{level: error}, {reader: generic-*}]}", false),
            Arguments.of("{app: orders-2, not: {level: warn, text: y}}", true),
            Arguments.of("{reader: generic-json}", true),
            Arguments.of("{reader: generic-*, class: 4002}", false),
            Arguments.of("{reader: [zeek*, suricata]}", false));

    @ParameterizedTest(name = "{0}: {1}")
    @FieldSource("CONDITIONS")
    void allOfAConditionMustHold(String condition, boolean holds) {
        LogSources sources = read("- {service: orders, when: [" + condition + "]}");
        assertEquals(holds ? 0 : -1, kind(sources, EVENT));
    }

    @Test
    void valuesThatDifferPastWhatDecidesAreOfOneKind() {
        LogSources sources = read("- {service: a, when: [{app: orders*}]}\n- {service: b, when: [{app: other}]}");
        LogSources.Classifier classifier = sources.classifier();
        List<Integer> kinds = new ArrayList<>();
        Stream.of("orders-1", "Orders-2", "other", "others", "ordersorders", "order")
                .forEach(app -> read(
                        ("{\"app\":\"" + app + "\"}\n").getBytes(StandardCharsets.UTF_8),
                        (batch, row) -> kinds.add(classifier.kind(batch, row))));
        assertEquals(List.of(0, 0, 1, -1, 0, -1), kinds);
    }

    @Test
    void aUsersOwnNamesComeFirst() {
        Faults faults = new Faults("own.yaml");
        LogSources sources = STANDARD.with(
                "- {category: proxy, product: acme, when: [{reader: generic-json, app: '*'}], fields: {c-uri: [u, link]}}",
                faults);
        assertEquals(List.of(), faults.found());
        int kind = kind(sources, "{\"app\":\"a\",\"u\":\"http://a.example/\"}");
        assertTrue(sources.covers(kind, of("-/proxy/-")));
        assertTrue(sources.covers(kind, of("acme/proxy/-")));
        assertEquals(
                List.of(new Place.Native("u"), new Place.Native("link")),
                sources.places(kind, of("acme/proxy/-"), "c-uri"));
        assertFalse(STANDARD.knows(of("acme/proxy/-")));
    }

    @Test
    void partsThatNoEventHasTogetherAreNotKnown() {
        LogSources sources =
                read("- {product: a, when: [{reader: zeek}]}\n- {category: b, when: [{reader: zeek*, x: 1}]}\n"
                        + "- {service: c, when: [{reader: zeek, x: 2}]}\n- {service: d, when: [{reader: suricata}]}");
        assertTrue(sources.knows(of("a/b/-")));
        assertTrue(sources.knows(of("a/b/-"), "zeek"));
        assertFalse(sources.knows(of("a/b/-"), "zeek-tsv"));
        assertTrue(sources.knows(of("a/-/c")));
        assertFalse(sources.knows(of("-/b/c")));
        assertFalse(sources.knows(of("a/-/d")));
        assertFalse(sources.knows(of("e/-/-")));
        assertEquals(Set.of("zeek", "zeek*"), sources.readers(of("a/b/-")));
        assertEquals(Set.of("zeek*"), sources.readers(of("-/b/-")));
        assertEquals(Set.of(), sources.readers(of("-/b/c")));
    }

    private static LogSources read(String yaml) {
        Faults faults = new Faults("own.yaml");
        LogSources sources = LogSources.of(yaml, faults);
        assertEquals(List.of(), faults.found());
        return sources;
    }

    @Test
    void whatIsWrongIsToldWithItsPlace() {
        Faults faults = new Faults("own.yaml");
        LogSources.of("""
                - {category: proxy}
                - {when: [{reader: zeek}]}
                - {service: a, when: [{class: http}]}
                - {service: a, when: [{class: 4002}], never: so}
                - {servise: a, when: [{class: 4002}]}
                - {service: a, when: [{"@http_request.nothing": x}]}
                - {service: a, when: [{class: 4002}], fields: {c-uri: []}}
                """, faults);
        assertEquals(
                List.of(
                        "own.yaml:1:3: the entry does not say which events belong to it: \"when\" is missing",
                        "own.yaml:2:3: the entry names no category, product or service",
                        "own.yaml:3:31: expected the number of an OCSF class, found \"http\"",
                        "own.yaml:4:46: an entry has either \"when\" or \"never\"",
                        "own.yaml:5:3: the entry names no category, product or service",
                        "own.yaml:5:4: \"servise\" is unknown. Did you mean \"service\"?",
                        "own.yaml:6:49: http_request has no attribute \"nothing\".",
                        "own.yaml:7:55: \"c-uri\" stands nowhere: name a native field, or @ and an attribute"),
                faults.found());
    }
}

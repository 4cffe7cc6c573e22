package io.carom.source.evtx;

import static io.carom.source.evtx.EvtxWriter.none;
import static io.carom.source.evtx.EvtxWriter.number;
import static io.carom.source.evtx.EvtxWriter.string;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The binary sample of the golden test is what the writer here writes; `-Dgolden=write` writes it anew.
class SampleLogTest {
    private static final Path SAMPLE =
            Path.of(System.getProperty("carom.root", ".."), "core/src/test/resources/golden/windows-evtx/in.evtx");

    @Test
    void theGoldenLogIsTheOneWrittenHere() throws IOException {
        byte[] log = new EvtxWriter()
                .event(4624, "Security", logon())
                .event(4625, "Security", failure())
                .event(4688, "Security", launch())
                .event(1102, "Security", Map.of())
                .file();
        if ("write".equals(System.getProperty("golden"))) {
            Files.write(SAMPLE, log);
            return;
        }
        assertArrayEquals(Files.readAllBytes(SAMPLE), log);
    }

    private static Map<String, EvtxWriter.Value> logon() {
        Map<String, EvtxWriter.Value> data = new LinkedHashMap<>();
        data.put("SubjectUserName", string("-"));
        data.put("TargetUserName", string("a.moreau"));
        data.put("TargetDomainName", string("CORP"));
        data.put("TargetLogonId", number(Values.HEX64, 8, 0x3E7A12));
        data.put("LogonType", number(Values.UINT32, 4, 10));
        data.put("AuthenticationPackageName", string("Negotiate"));
        data.put("WorkstationName", string("WS1"));
        data.put("ProcessName", string("C:\\Windows\\System32\\svchost.exe"));
        data.put("ProcessId", number(Values.HEX64, 8, 0x2F4));
        data.put("IpAddress", string("198.51.100.7"));
        data.put("IpPort", string("0"));
        return data;
    }

    private static Map<String, EvtxWriter.Value> failure() {
        Map<String, EvtxWriter.Value> data = new LinkedHashMap<>();
        data.put("TargetUserName", string("administrator"));
        data.put("TargetDomainName", none());
        data.put("Status", number(Values.HEX32, 4, 0xC000006DL));
        data.put("SubStatus", number(Values.HEX32, 4, 0xC0000064L));
        data.put("LogonType", number(Values.UINT32, 4, 3));
        data.put("AuthenticationPackageName", string("NTLM"));
        data.put("IpAddress", string("2001:db8::7"));
        data.put("IpPort", string("61002"));
        return data;
    }

    private static Map<String, EvtxWriter.Value> launch() {
        Map<String, EvtxWriter.Value> data = new LinkedHashMap<>();
        data.put("SubjectUserName", string("a.moreau"));
        data.put("SubjectDomainName", string("CORP"));
        data.put("SubjectLogonId", number(Values.HEX64, 8, 0x3E7A12));
        data.put("NewProcessId", number(Values.HEX64, 8, 0x1F40));
        data.put("NewProcessName", string("C:\\Windows\\System32\\net.exe"));
        data.put("ProcessId", number(Values.HEX64, 8, 0x1388));
        data.put("CommandLine", string("net use \\\\srv-files\\c$"));
        data.put("ParentProcessName", string("C:\\Windows\\System32\\cmd.exe"));
        return data;
    }
}

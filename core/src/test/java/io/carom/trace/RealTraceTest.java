package io.carom.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.detect.behaviour.Behaviour;
import io.carom.observe.Conversations;
import io.carom.observe.Observation;
import io.carom.party.PartiesFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Sessions and traces of captures that others made.
class RealTraceTest {
    /// Sessions of those files of an archive whose path is wanted, by the word of `names` that is in it.
    private static Map<String, SessionBook> books(Path file, Set<String> names, Predicate<String> wanted) {
        if (!Files.isRegularFile(file)) {
            String message = file + " is not there (system property carom.data)";
            assertTrue(!Boolean.getBoolean("carom.strict"), message);
            Assumptions.abort(message);
        }
        List<String> inputs = new ArrayList<>();
        List<Observation> all = Behaviour.read(file, path -> {
            String name = names.stream().filter(path::contains).findFirst().orElse("");
            if (name.isEmpty() || !wanted.test(path)) {
                return false;
            }
            inputs.add(name);
            return true;
        });
        Map<String, SessionBook> books = new TreeMap<>();
        Conversations conversations = new Conversations();
        all.stream()
                .sorted(Comparator.comparingLong(Observation::time))
                .map(conversations::told)
                .forEach(o -> books.computeIfAbsent(inputs.get(o.origin().input() - 1), n -> new SessionBook())
                        .accept(o));
        return books;
    }

    private static Path data(String name) {
        return Path.of(System.getProperty("carom.data", "../shared/data"), name);
    }

    @Test
    void apt29sMovementAndItsChannelsToTheOutsideAreOneStory() throws ConfigException {
        History history = Objects.requireNonNull(
                        books(data("zeek/apt29-day1.tar.gz"), Set.of("combined_zeek.log"), p -> true)
                                .get("combined_zeek.log"))
                .history(o -> "zeek");
        String parties = "parties:\n  - {name: us, role: client, networks: [10.0.0.0/16]}\n";
        Tracer tracer = new Tracer(history, PartiesFile.parse(parties, "p"), List.of());
        long[] span = history.span("us");
        Trace best = tracer.trace("us", Map.of("10.0.1.6", span == null ? 0 : span[1]))
                .getFirst();
        Trace.Hop hop = best.hops().getFirst();
        assertEquals("10.0.1.4", hop.from());
        assertEquals("nashua", hop.to());
        assertEquals("WinRM", hop.via());
        Set<String> channels = new TreeSet<>();
        best.channels().forEach(c -> channels.add(c.from() + " > " + c.to() + ":" + c.port()));
        assertEquals(
                Set.of(
                        "10.0.1.4 > 192.168.0.5:443",
                        "10.0.1.4 > 192.168.0.5:1234",
                        "10.0.1.4 > 192.168.0.4:80",
                        "nashua > 192.168.0.4:8443"),
                channels);
    }

    @Test
    void lateralMovementCapturesShowWhoUsedWhichMachineByWhatMeans() {
        Map<String, String> truths = Map.of(
                "covenant_com_wsman_automation", "172.18.39.5 > workstation6 WinRM",
                "covenant_copy_smb_CreateRequest", "172.18.39.5 > workstation6 network sign-in",
                "covenant_psremoting_grunt", "172.18.39.105 > hr001 WinRM",
                "covenant_sharpwmi_create_dcerpc_wmi", "172.18.39.5 > workstation6 WMI",
                "empire_psexec_dcerpc_tcp_svcctl", "172.18.39.5 > workstation6 SMB and a new service",
                "empire_wmi_dcerpc_wmi_IWbemServices_ExecMethod", "172.18.39.5 > workstation6 WMI",
                "mimikatz_CVE-2020-1472_Unauthenticated_NetrServerAuthenticate2", "172.18.39.5 > mordordc SMB");
        Map<String, SessionBook> books = books(
                data("captures/security-datasets.tar"), truths.keySet(), p -> p.contains("lateral_movement/host/"));
        truths.forEach((capture, truth) -> {
            Set<String> sessions = new TreeSet<>();
            Objects.requireNonNull(books.get(capture))
                    .sessions(o -> "x")
                    .forEach(s -> sessions.add(s.from() + " > " + s.to() + " " + s.via()));
            assertTrue(sessions.contains(truth), capture + " shows " + sessions);
        });
    }

    @Test
    void theChannelsOfBothLsassCampaignsAreToldOfTheMachineTheyLeave() throws ConfigException {
        String parties = "parties:\n  - {name: us, role: client, networks: [192.168.1.0/24]}\n";
        Map<String, SessionBook> books = books(
                data("captures/security-datasets.tar"),
                Set.of("LSASS_campaign_02", "LSASS_campaign_03"),
                p -> !p.contains("zeek_logs") && !p.contains("_metadata"));
        for (Map.Entry<String, SessionBook> campaign : books.entrySet()) {
            History history = campaign.getValue().history(o -> "x");
            Tracer tracer = new Tracer(history, PartiesFile.parse(parties, "p"), List.of());
            long[] span = history.span("us");
            Set<String> channels = new TreeSet<>();
            for (String machine : List.of("192.168.1.42", "192.168.1.43")) {
                tracer.trace("us", Map.of(machine, span == null ? 0 : span[1])).getFirst().channels().stream()
                        .filter(c -> c.port() != 53)
                        .forEach(c -> channels.add(c.to()));
            }
            assertTrue(channels.contains("10.0.5.13"), campaign.getKey() + " shows " + channels);
        }
        assertEquals(2, books.size());
    }
}

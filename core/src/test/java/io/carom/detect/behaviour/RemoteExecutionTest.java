package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.SECOND;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class RemoteExecutionTest {
    private static final String ID = "remote-execution";

    private static void psexec(Deeds d, long time, String account, String src, String host) {
        d.signIn(time, account, src, host, Means.NETWORK, Outcome.SUCCESS);
        d.change(
                time + SECOND,
                Changed.SERVICE_INSTALLED,
                host,
                account,
                "",
                "BTOBTO",
                "%COMSPEC% /Q /c echo cd > \\\\127.0.0.1\\C$\\o");
    }

    @Test
    void aServiceMadeRightBehindASignInOverTheNetworkIsTold() {
        Deeds d = new Deeds("acme");
        d.signIn(T0, "eve", "10.20.3.3", "files", Means.NETWORK, Outcome.SUCCESS);
        psexec(d, T0 + 5 * DAY, "eve", "10.20.3.3", "srv1.acme.example");
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(
                "Execution on srv1.acme.example from 10.20.3.3 as eve: a service was installed",
                found.getFirst().title());
        assertEquals(4, found.getFirst().severityId());
        assertEquals(List.of("T1569.002", "T1021"), found.getFirst().attacks());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void deploymentIsToldOnItsFirstDayOnlyAndLocalInstallationsNever() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 10; day++) {
            psexec(d, T0 + day * DAY, "deploy", "10.20.1.9", "srv1");
            d.change(
                    T0 + day * DAY + HOUR,
                    Changed.SERVICE_INSTALLED,
                    "ws1",
                    "eve",
                    "",
                    "Updater",
                    "C:\\Program Files\\u.exe");
        }
        assertEquals(1, d.found(ID).size());
    }

    @Test
    void theLaboratorysMovementsAreFoundByWay() {
        Path data = Path.of(System.getProperty("carom.data", ""), "captures", "security-datasets.tar");
        Assumptions.assumeTrue(data.toFile().exists(), "no data");
        for (String[] one : new String[][] {
            {"empire_psexec_dcerpc_tcp_svcctl", "T1569.002", "172.18.39.5"},
            {"covenant_sharpwmi_create_dcerpc_wmi", "T1047", "172.18.39.5"},
            {"empire_wmi_dcerpc_wmi_IWbemServices_ExecMethod", "T1047", "172.18.39.5"},
        }) {
            Deeds d = new Deeds("us");
            d.all.addAll(Behaviour.read(data, p -> p.contains(one[0])));
            List<Draft> found = d.found(ID);
            assertTrue(
                    found.stream()
                            .anyMatch(f -> f.attacks().contains(one[1])
                                    && f.host().startsWith("workstation6")
                                    && one[2].equals(String.valueOf(f.src()))),
                    () -> one[0] + ": " + found);
        }
    }
}

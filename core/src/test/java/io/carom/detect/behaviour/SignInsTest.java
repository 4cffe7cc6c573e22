package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SignInsTest {
    @Test
    void theSystemsOwnAccountsAreNobodyInAnyLanguage() {
        for (String account : List.of(
                "",
                "ws7$",
                "system",
                "système",
                "netzwerkdienst",
                "сетевая служба",
                "dwm-2",
                "s-1-5-18",
                "s-1-5-90-0-2",
                "localsystem")) {
            assertEquals(false, SignIns.somebody(account), account);
        }
        for (String account : List.of("eve", "svc-backup", "s-1-5-21-1-2-3-500", "s-1-5-180", "systema")) {
            assertEquals(true, SignIns.somebody(account), account);
        }
    }
}

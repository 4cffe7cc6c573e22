package io.carom.mailnet.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

class MembershipTest {
    private static ObjectNode settings() {
        ObjectNode settings = new ObjectMapper().createObjectNode();
        settings.put("address", "eva@northgate.example").put("domain", "northgate.example");
        settings.put("host", "mail.northgate.example");
        return settings.put("submission", 8465).put("imap", 8993).put("members", 8444);
    }

    /// A configuration of mutt runs what stands in it between backticks.
    @Test
    void whatANetworkSaysOfItselfRunsNothing() throws IOException {
        assertEquals(settings(), Membership.checked(settings()));
        for (Map.Entry<String, String> one : Map.of(
                        "host", "mail.example:1/\"\nset folder = \"`touch x`",
                        "address", "eva`touch x`@northgate.example",
                        "domain", "other.example",
                        "imap", "none")
                .entrySet()) {
            ObjectNode wrong = settings();
            wrong.put(one.getKey(), one.getValue());
            assertThrows(IOException.class, () -> Membership.checked(wrong), one.getKey());
        }
    }

    @Test
    void aFolderOfAnyNameIsAFolder() {
        String written = MuttConfiguration.of(Path.of("/tmp/a `b` $c \"d\""), settings(), "12345678.0");
        assertTrue(written.contains("set smime_keys = \"/tmp/a \\`b\\` \\$c \\\"d\\\"/smime/keys\""), written);
    }
}

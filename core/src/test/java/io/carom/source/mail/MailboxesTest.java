package io.carom.source.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class MailboxesTest {
    @Test
    void aRouteOfSeveralHostsIsNoAddressOfItsOwn() {
        assertEquals(
                List.of("jane@example.org", "bob@example.org"),
                Mailboxes.addresses("Jane <@a.example,@b.example:jane@example.org>, bob@example.org"));
        assertEquals(
                List.of("a@example.org", "b@example.org"),
                Mailboxes.addresses("\"A, B\" <a@example.org>, friends: b@example.org;"));
    }
}

package io.carom.server.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A password in a header is as hard to guess as on the page.
class AuthenticatorTest {
    private static final String PASSWORD = "twelve or more";

    @TempDir
    Path home;

    private Instant now = Instant.parse("2026-03-04T05:06:07Z");
    private Accounts accounts;
    private Authenticator authenticator;

    @BeforeEach
    void open() throws IOException {
        accounts = Accounts.open(home);
        for (String name : List.of("ana", "eva")) {
            accounts.put(new Account(name, null, null, false), now);
            accounts.password(name, PASSWORD);
        }
        authenticator = new Authenticator(accounts, () -> now);
    }

    @AfterEach
    void close() throws IOException {
        accounts.close();
    }

    private static String header(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private boolean letsIn(String name, String password, String from) throws Exception {
        return authenticator.asker(header(name, password), null, from).isPresent();
    }

    @Test
    void aNameThatWasWrongTooOftenWaitsFromWhereverItIsTried() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertFalse(letsIn("ana", "wrong " + i, "203.0.113." + i));
        }
        assertThrows(Authenticator.TooOften.class, () -> letsIn("ana", PASSWORD, "198.51.100.1"));
        assertThrows(
                Authenticator.TooOften.class,
                () -> authenticator.password("ana", PASSWORD, "198.51.100.1"),
                "nor on the page");
        assertTrue(letsIn("eva", PASSWORD, "203.0.113.1"));
        now = now.plusSeconds(61);
        assertTrue(letsIn("ana", PASSWORD, "198.51.100.1"));
    }

    @Test
    void whoWasRightFromThereGoesOnWhateverOthersTryElsewhere() throws Exception {
        assertTrue(letsIn("ana", PASSWORD, "192.0.2.1"));
        for (int i = 0; i < 20; i++) {
            letsIn("ana", "wrong", "203.0.113." + i);
        }
        assertTrue(letsIn("ana", PASSWORD, "192.0.2.1"));
        assertThrows(Authenticator.TooOften.class, () -> letsIn("ana", PASSWORD, "192.0.2.2"));
    }

    /// One customer has 2^64 addresses of IPv6.
    @Test
    void aNetworkOfIpv6IsOneHoweverManyAddressesItHas() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertFalse(letsIn("nobody" + i, "wrong", "2001:db8:1:2::" + (i + 1)));
        }
        assertThrows(Authenticator.TooOften.class, () -> letsIn("eva", PASSWORD, "2001:db8:1:2:ffff:0:0:1"));
        assertTrue(letsIn("eva", PASSWORD, "2001:db8:1:3::1"));
    }

    @Test
    void whatIsRightDoesNotCount() throws Exception {
        for (int i = 0; i < 25; i++) {
            assertTrue(letsIn("ana", PASSWORD, "203.0.113." + i), "from many networks");
        }
        assertTrue(letsIn("ana", PASSWORD, "203.0.113.1"), "and again");
    }

    @Test
    void manyAtOnceAreNoMoreThanAsManyOneBehindTheOther() throws Exception {
        List<Callable<Optional<Asker>>> tries = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String header = header("ana", "wrong " + i);
            String from = "203.0.113." + i;
            tries.add(() -> authenticator.asker(header, null, from));
        }
        int looked = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(60)) {
            for (Future<Optional<Asker>> one : threads.invokeAll(tries)) {
                try {
                    assertTrue(one.get().isEmpty());
                    looked++;
                } catch (ExecutionException e) {
                    assertEquals(Authenticator.TooOften.class, e.getCause().getClass());
                }
            }
        }
        assertTrue(looked > 0 && looked <= 20, "looked at: " + looked);
    }

    /// By a header it cannot be told which of a password and its second proof was wrong.
    @Test
    void aPasswordAloneIsAsGoodAsAWrongOneWhereASecondProofIsAsked() throws Exception {
        try (People people = People.open(home)) {
            people.put(new Account("ana", null, null, false), Role.ANALYST, false);
            people.seed("ana", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        }
        assertTrue(authenticator.password("ana", PASSWORD, "203.0.113.1").isPresent(), "on the page it is half of it");
        for (int i = 0; i < 20; i++) {
            assertFalse(letsIn("ana", PASSWORD, "203.0.113.1"));
        }
        assertThrows(Authenticator.TooOften.class, () -> letsIn("ana", PASSWORD, "203.0.113.1"));
    }

    @Test
    void triesAtOtherThingsCountTogetherWithPasswords() throws Exception {
        for (int i = 0; i < 30; i++) {
            authenticator.tries("ana", "203.0.113.1");
            authenticator.right("ana", "203.0.113.1");
        }
        for (int i = 0; i < 20; i++) {
            authenticator.tries("ana", "203.0.113." + i);
        }
        assertThrows(Authenticator.TooOften.class, () -> authenticator.tries("ana", "198.51.100.1"));
        assertThrows(Authenticator.TooOften.class, () -> letsIn("ana", PASSWORD, "198.51.100.1"));
    }

    @Test
    void theNameInAHeaderIsToldWhoeverItIs() {
        assertEquals("eve", Authenticator.named(header("eve", "x:y")));
        for (String other : List.of("Bearer carom_x", "Basic", "Basic %%%", "basic " + "bm9jb2xvbg==", "")) {
            assertEquals("", Authenticator.named(other), other);
        }
    }
}

package io.carom.server.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignInFileTest {
    @TempDir
    Path home;

    private List<String> faults(String text) throws Exception {
        Path file = home.resolve("sign-in.yaml");
        Files.writeString(file, text);
        ConfigException e = assertThrows(ConfigException.class, () -> SignInFile.read(home));
        return e.faults().stream().map(f -> f.replace(file + ":", "")).toList();
    }

    @Test
    void aHomeWithoutTheFileHasNoProviders() throws Exception {
        assertEquals(SignInFile.NONE, SignInFile.read(home));
    }

    @Test
    void everyFaultIsToldWithItsPlace() throws Exception {
        assertEquals(
                List.of(
                        "1:10: expected an https address without a path, such as https://carom.example:8443; http is taken for this machine only",
                        "3:5: expected the client_id that the provider knows this server by",
                        "3:11: a provider needs a name: lower-case letters, digits and -, at most 32",
                        "5:13: expected the provider's issuer, an https address exactly as it calls itself",
                        "6:18: there is no file " + home.resolve("nowhere"),
                        "7:11: expected by how much the clocks may differ, from 0s to 300s, found \"1h\"",
                        "8:5: \"role\" is unknown. Did you mean \"roles\"?"),
                faults("""
                        address: http://carom.example
                        providers:
                          - name: Corp!
                            kind: oidc
                            issuer: http://id.example
                            secret_file: nowhere
                            skew: 1h
                            role: []
                            roles: [{claim: groups, value: soc, role: analyst}]
                        """));
    }

    @Test
    void whatIsWrongWithAProviderOfSamlIsTold() throws Exception {
        Files.writeString(home.resolve("other.xml"), "<EntityDescriptor entityID=\"https://id.example\"/>");
        Files.writeString(home.resolve("doctype.xml"), "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>");
        Files.writeString(home.resolve("no.pem"), "none");
        List<String> found = faults("""
                address: https://carom.example
                providers:
                  - {name: a, kind: saml, metadata: nowhere, roles: [{claim: g, value: a, role: analyst}]}
                  - {name: b, kind: saml, issuer: x, roles: [{claim: g, value: a, role: analyst}]}
                  - {name: c, kind: saml, issuer: x, metadata: other.xml, sso: "http://id.example", unsolicited: maybe,
                     roles: [{claim: g, value: a, role: administrator}]}
                  - {name: d, kind: saml, issuer: x, metadata: doctype.xml, roles: [{claim: g, value: a, role: auditor}]}
                  - {name: e, kind: saml, issuer: x, sso: "https://id.example", certificates: [no.pem], encrypt: true,
                     roles: [{claim: g, value: a, role: auditor}]}
                """);
        for (String one : List.of(
                "3:5: expected the provider's issuer, exactly as it calls itself (its entityID)",
                "3:37: there is no file " + home.resolve("nowhere"),
                "4:5: expected the provider's metadata (a file), or its sso (an https address) and certificates (files)",
                "5:64: expected an https address, found \"http://id.example\"",
                "5:48: expected either metadata, or sso and certificates, found both",
                "5:48: " + home.resolve("other.xml") + " has nothing of \"x\", the issuer that sign-in.yaml names",
                "5:98: expected true or false, found \"maybe\"")) {
            assertTrue(found.contains(one), () -> one + " is not in " + String.join("\n", found));
        }
        assertTrue(found.stream().anyMatch(f -> f.contains("no provider makes an administrator")), found.toString());
        assertTrue(
                found.stream()
                        .anyMatch(f -> f.startsWith("7:") && f.contains("doctype.xml is no metadata that can be read")),
                found.toString());
        assertTrue(
                found.stream().anyMatch(f -> f.startsWith("8:5: ") && f.contains("no certificate in it")),
                found.toString());
        assertTrue(found.stream().anyMatch(f -> f.contains("\"encrypt\" is unknown")), found.toString());
        assertEquals(11, found.size(), String.join("\n", found));
    }

    @Test
    void noFileMakesAnAdministratorOrAClientsPersonWithoutAClient() throws Exception {
        List<String> found = faults("""
                providers:
                  - name: corp
                    kind: oidc
                    issuer: https://id.example
                    client_id: carom
                    roles:
                      - {claim: groups, value: a, role: administrator}
                      - {claim: groups, value: b, role: client-analyst}
                      - {claim: groups, value: c, role: analyst, client: acme}
                      - {claim: groups, value: d, role: owner}
                      - {claim: groups, role: analyst}
                      - {claim: groups, value: e, role: client-reader, client: "a/b"}
                  - {name: corp, kind: oidc, issuer: https://id.example, client_id: carom}
                  - {name: other, kind: ldap}
                """);
        assertEquals(10, found.size(), found.toString());
        assertTrue(
                found.get(0).startsWith("1:1: expected the address that browsers have of this server"), found.get(0));
        assertTrue(found.get(1).startsWith("7:41: no provider makes an administrator"), found.get(1));
        assertEquals(
                List.of(
                        "8:9: the role client-analyst is of a client's account: name the client",
                        "9:9: the role analyst is of nobody's client: leave the client out",
                        "10:41: expected analyst, auditor, client-analyst or client-reader",
                        "11:9: expected a claim and its value",
                        "12:64: a client's name is lower-case letters, digits, - and _, found \"a/b\""),
                found.subList(2, 7));
        assertTrue(found.get(9).contains("a provider needs a kind"), found.toString());
    }

    @Test
    void addressesAreSafeOverHttpsOrOnThisMachine() {
        for (String good :
                List.of("https://a.example/x", "http://127.0.0.1:8080", "http://[::1]:1", "http://localhost")) {
            assertTrue(SignInFile.safe(URI.create(good)), good);
        }
        for (String bad : List.of(
                "http://a.example",
                "http://127.0.0.1.evil.example",
                "http://10.0.0.1",
                "https://u:p@a.example",
                "file:///etc/passwd",
                "https:///x",
                "https://a.example/#x")) {
            assertFalse(SignInFile.safe(URI.create(bad)), bad);
        }
    }
}

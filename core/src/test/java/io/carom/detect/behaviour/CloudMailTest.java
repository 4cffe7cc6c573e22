package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.SECOND;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Changed;
import io.carom.party.Parties;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class CloudMailTest {
    private static Deeds rule(String detail) {
        return new Deeds("acme")
                .change(T0, Changed.MAIL_RULE, "exchange", "eve@acme.example", "203.0.113.9", "eve\\.", detail);
    }

    @Test
    void aRuleThatSendsInvoicesOutsideAndDeletesThemIsGrave() {
        Deeds d = rule("New-InboxRule: Name=.; ForwardTo=smtp:out@example.net; SubjectContainsWords=Invoice;IBAN;"
                + " DeleteMessage=True");
        List<Draft> found = d.found("mailbox-rule");
        assertEquals(1, found.size());
        assertEquals(4, found.getFirst().severityId(), found::toString);
        assertTrue(found.getFirst().message().contains("mail goes to out@example.net, outside"), found::toString);
        assertTrue(found.getFirst().message().contains("its name is \".\""), found::toString);
        d.inAnyOrder("mailbox-rule", Parties.NONE);
    }

    @Test
    void aRuleThatOutlookMadeIsReadToo() {
        List<Draft> found = new Deeds("acme")
                .change(
                        T0,
                        Changed.MAIL_RULE,
                        "exchange",
                        "eve",
                        "203.0.113.9",
                        "",
                        "UpdateInboxRules: RuleOperation=AddMailboxRule; RuleName=..; RuleActions=[{\"ActionType\":"
                                + "\"Forward\",\"Recipients\":[\"out@example.net\"],\"ForwardFlags\":\"None\"}]")
                .found("mailbox-rule");
        assertEquals(1, found.size());
        assertEquals(4, found.getFirst().severityId(), found::toString);
        assertTrue(found.getFirst().message().contains("mail goes to out@example.net, outside"), found::toString);
        assertEquals(
                List.of(),
                rule("UpdateInboxRules: RuleName=Lists; RuleActions=[{\"ActionType\":\"Move\",\"Owner\":"
                                + "\"eve@acme.example\"}]")
                        .found("mailbox-rule"));
    }

    @Test
    void aRuleThatSortsAndOneThatSendsWithinAreNoAlarm() {
        assertEquals(
                List.of(),
                rule("New-InboxRule: Name=Lists; FromAddressContainsWords=news; MoveToFolder=Lists")
                        .found("mailbox-rule"));
        assertEquals(
                2,
                rule("New-InboxRule: Name=Holiday; ForwardTo=bob@acme.example")
                        .found("mailbox-rule")
                        .getFirst()
                        .severityId());
    }

    @Test
    void anApplicationThatMayReadMailForeverIsToldUntilItIsInUse() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 9; day++) {
            d.change(
                    T0 + day * DAY,
                    Changed.CONSENT,
                    "azuread",
                    "u" + day,
                    "203.0.113.9",
                    "Mail Helper",
                    "Consent to application.: Scope: Mail.Read offline_access");
        }
        List<Draft> found = d.found("oauth-consent");
        assertEquals(3, found.size(), found::toString);
        assertEquals(3, found.getFirst().severityId());
        d.inAnyOrder("oauth-consent", Parties.NONE);
        Deeds harmless = new Deeds("acme")
                .change(
                        T0,
                        Changed.CONSENT,
                        "azuread",
                        "eve",
                        "203.0.113.9",
                        "Polls",
                        "Consent to application.: Scope: User.Read");
        assertEquals(1, harmless.found("oauth-consent").getFirst().severityId());
    }

    private static Deeds mailbox() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 9; day++) {
            for (int i = 0; i < 20; i++) {
                d.use(T0 + day * DAY + i * 20 * MINUTE, "eve", "198.51.100.4", "exchange", "MailItemsAccessed", "", "");
            }
            d.use(
                    T0 + day * DAY + HOUR,
                    "eve",
                    "198.51.100.4",
                    "exchange",
                    "SearchQueryInitiatedExchange",
                    "",
                    "QueryText=" + (day % 3 == 0 ? "invoice 2019" : "lunch"));
        }
        return d;
    }

    @Test
    void searchesForGiftCardsFromAStrangePlaceAreTold() {
        Deeds d = mailbox();
        d.use(T0 + 9 * DAY, "eve", "203.0.113.9", "exchange", "SearchQueryInitiatedExchange", "gift card", "");
        d.use(
                T0 + 9 * DAY + 3 * MINUTE,
                "eve",
                "203.0.113.9",
                "exchange",
                "SearchQueryInitiatedExchange",
                "vpn password",
                "");
        List<Draft> found = d.found("mail-reading");
        assertEquals(1, found.size(), found::toString);
        assertEquals(4, found.getFirst().severityId(), found::toString);
        assertTrue(found.getFirst().title().contains("gift card"), found::toString);
        d.inAnyOrder("mail-reading", Parties.NONE);
    }

    @Test
    void ownSearchesAndReadingAreNone() {
        assertEquals(List.of(), mailbox().found("mail-reading"));
    }

    @Test
    void thousandsOfMailsReadFromAStrangePlaceAreTold() {
        Deeds d = mailbox();
        for (int i = 0; i < 50; i++) {
            d.use(
                    T0 + 9 * DAY + i * SECOND,
                    "eve",
                    "203.0.113.9",
                    "exchange",
                    "MailItemsAccessed",
                    "",
                    "OperationCount=100");
        }
        List<Draft> found = d.found("mail-reading");
        assertEquals(1, found.size(), found::toString);
        assertEquals(3, found.getFirst().severityId());
    }

    @Test
    void whatAnAutomationDoesEveryDayIsItsWork() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 20; day++) {
            d.use(
                    T0 + day * DAY,
                    "terraform",
                    "198.51.100.4",
                    "iam.amazonaws.com",
                    "PutRolePolicy",
                    "",
                    "policy=\"*\"");
        }
        assertEquals(3, d.found("cloud-tampering").size());
        d.use(T0 + 19 * DAY, "eve", "198.51.100.4", "cloudtrail.amazonaws.com", "StopLogging", "", "name=main");
        Draft last = d.found("cloud-tampering").getLast();
        assertEquals("eve: logging was turned off (StopLogging)", last.title());
        assertEquals(4, last.severityId());
        d.inAnyOrder("cloud-tampering", Parties.NONE);
    }

    @Test
    void whatIsOpenedToTheWholeInternetOrCopiedAwayIsTold() {
        String rule = "groupId=sg-1; ipPermissions.items.ipProtocol=tcp; ipPermissions.items.fromPort=%s;"
                + " ipPermissions.items.ipRanges.items.cidrIp=%s";
        Deeds d = new Deeds("acme");
        String opens = "AuthorizeSecurityGroupIngress";
        d.use(T0, "ann", "10.0.0.9", "ec2.amazonaws.com", opens, "sg-1", rule.formatted("443", "0.0.0.0/0"));
        d.use(T0, "ann", "10.0.0.9", "ec2.amazonaws.com", opens, "sg-1", rule.formatted("22", "198.51.100.0/24"));
        d.use(T0, "ann", "10.0.0.9", "ec2.amazonaws.com", opens, "sg-1", rule.formatted("2222", "0.0.0.0/0"));
        assertEquals(List.of(), d.found("cloud-tampering"));
        d.use(T0 + HOUR, "eve", "203.0.113.9", "ec2.amazonaws.com", opens, "sg-1", rule.formatted("22", "0.0.0.0/0"));
        d.use(T0 + HOUR, "bob", "203.0.113.9", "compute", "MICROSOFT.COMPUTE/DISKS/BEGINGETACCESS/ACTION", "d1", "");
        assertEquals(
                Set.of("eve", "bob"),
                d.found("cloud-tampering").stream().map(Draft::user).collect(Collectors.toSet()));
        assertEquals(
                3,
                d.found("cloud-tampering").stream()
                        .filter(f -> f.user().equals("eve"))
                        .findFirst()
                        .orElseThrow()
                        .severityId());
    }

    @Test
    void secretsByTheDozenAreToldAndThoseOfEveryDayAreNot() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 5; day++) {
            for (int i = 0; i < 12; i++) {
                d.use(T0 + day * DAY + i * SECOND, "app", "10.0.0.9", "secretsmanager", "GetSecretValue", "", "");
            }
        }
        assertEquals(List.of(), d.found("cloud-burst"));
        for (int i = 0; i < 40; i++) {
            d.use(T0 + 5 * DAY + i * SECOND, "app", "203.0.113.9", "secretsmanager", "GetSecretValue", "", "");
        }
        assertEquals(1, d.found("cloud-burst").size());
        d.inAnyOrder("cloud-burst", Parties.NONE);
    }

    @Test
    void theCatalogueOfCloudAttacksIsFound() {
        Path data = Path.of(System.getProperty("carom.data", ""), "network", "cloudtrail-attacks.tar.gz");
        Assumptions.assumeTrue(data.toFile().exists(), "no data");
        Deeds d = new Deeds("us");
        d.all.addAll(Behaviour.read(data, p -> p.contains("stratus/") && p.contains("aws.")));
        Set<String> tampering =
                d.found("cloud-tampering").stream().map(Draft::title).collect(Collectors.toSet());
        for (String operation : List.of(
                "PutEventSelectors",
                "StopLogging",
                "DeleteResolverQueryLogConfig",
                "DeleteFlowLogs",
                "ModifyImageAttribute",
                "ModifySnapshotAttribute",
                "ModifyDBSnapshotAttribute",
                "UpdateAssumeRolePolicy",
                "AttachRolePolicy",
                "AddPermission20150331v2",
                "LeaveOrganization",
                "GetFederationToken")) {
            assertTrue(
                    tampering.stream().anyMatch(t -> t.contains("(" + operation + ")")), operation + ": " + tampering);
        }
        assertTrue(
                d.found("cloud-burst").size() >= 3, () -> d.found("cloud-burst").toString());
    }
}

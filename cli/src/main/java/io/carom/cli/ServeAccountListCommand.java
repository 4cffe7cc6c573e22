package io.carom.cli;

import io.carom.intel.Tlp;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The accounts there are.
@Command(
        name = "list",
        header = {"Lists the accounts, with what each may see and can show; no secret is kept that could be listed.", ""
        },
        mixinStandardHelpOptions = true)
final class ServeAccountListCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Override
    public Integer call() throws Exception {
        List<Accounts.Listed> all = List.of();
        if (Accounts.exists(common.home())) {
            try (Accounts accounts = Accounts.open(common.home())) {
                all = accounts.list();
            }
        }
        for (Accounts.Listed one : all) {
            Account account = one.account();
            Tlp tlp = account.circle();
            if (common.json) {
                ObjectNode line = described(account);
                line.put("password", one.password());
                ArrayNode tokens = line.putArray("tokens");
                one.tokens().forEach(tokens::add);
                ArrayNode certificates = line.putArray("certificates");
                one.certificates().forEach(certificates::add);
                common.out().println(line);
            } else {
                common.out()
                        .println(Shown.text(account.name(), 200)
                                + (account.client() == null ? "" : "  client " + Shown.text(account.client(), 200))
                                + (account.write() ? "  may write" : "")
                                + (tlp == null ? "" : "  shared up to " + tlp.label())
                                + (one.password() ? "  password" : "")
                                + told("  token ", one.tokens())
                                + told("  certificate ", one.certificates()));
            }
        }
        common.note(Shown.count(all.size()) + " accounts");
        return Exit.DONE;
    }

    static ObjectNode described(Account account) {
        ObjectNode line = JSON.createObjectNode();
        Tlp tlp = account.circle();
        line.put("name", account.name());
        line.put("client", account.client());
        line.put("tlp", tlp == null ? null : tlp.label());
        line.put("write", account.write());
        return line;
    }

    private static String told(String what, List<String> all) {
        return String.join("", all.stream().map(a -> what + Shown.text(a, 200)).toList());
    }
}

package io.carom.cli;

import io.carom.server.account.Accounts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Accounts that are no more.
@Command(
        name = "remove",
        header = {
            "Takes accounts away, with their passwords, tokens and certificates; a running server knows at once.",
            ""
        },
        mixinStandardHelpOptions = true)
final class ServeAccountRemoveCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names as \"serve account list\" writes them.")
    List<String> names = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        boolean missing = false;
        try (Accounts accounts = Accounts.open(common.home())) {
            for (String name : names) {
                ServeAccountAddCommand.forgetSearches(common.home(), name);
                if (!accounts.remove(name)) {
                    missing = true;
                    common.fault("there is no account \"" + Shown.text(name, 200) + "\"");
                }
            }
        }
        return missing ? Exit.FAILED : Exit.DONE;
    }
}

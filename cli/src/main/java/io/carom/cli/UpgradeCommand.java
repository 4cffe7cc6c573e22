package io.carom.cli;

import io.carom.advise.AdviseStore;
import io.carom.cases.Cases;
import io.carom.cases.KeptFindings;
import io.carom.cases.KeptTraces;
import io.carom.health.KeptHealth;
import io.carom.home.HomeLayout;
import io.carom.home.HomeUpgrade;
import io.carom.home.HomeUpgrade.Store;
import io.carom.intelstore.IntelStore;
import io.carom.lake.Backup;
import io.carom.lake.Lake;
import io.carom.run.StandingHunt;
import io.carom.server.account.Accounts;
import io.carom.server.out.Targets;
import io.carom.taxii.CollectionStore;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// A home of an older version of the program.
@Command(
        name = "upgrade",
        header = {
            "Brings a home to the layout of this version. Stop what runs over the home first.",
            "",
            "  carom upgrade --dry-run",
            "  carom upgrade --backup before.tar.zst",
            "",
            "Killed in the middle, it goes on where it was when it is run again; the older version still",
            "reads the home until it is done.",
            ""
        },
        mixinStandardHelpOptions = true)
final class UpgradeCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// All databases of a home but those of the mail network, which opens its own, and `sessions.db`, whose tables come
    /// and go with what is kept.
    static final List<Store> STORES = List.of(
            new Store("accounts.db", home -> Accounts.open(home).close()),
            new Store("advise.db", home -> AdviseStore.open(home).close()),
            new Store("cases.db", home -> Cases.open(home).close()),
            new Store("findings.db", home -> KeptFindings.open(home).close()),
            new Store("health.db", home -> KeptHealth.open(home).close()),
            new Store("hunts.db", home -> StandingHunt.open(home).close()),
            new Store("intel.db", home -> IntelStore.open(home).close()),
            new Store("lake/catalog.db", Lake::prepare),
            new Store("targets.db", home -> new Targets(home).close()),
            new Store("taxii.db", home -> CollectionStore.open(home).close()),
            new Store("traces.db", home -> KeptTraces.open(home).close()));

    @Mixin
    Common common = new Common();

    @Option(names = "--dry-run", description = "Says what would be changed, and changes nothing.")
    boolean dryRun;

    @Option(names = "--backup", paramLabel = "FILE", description = "Copies the whole home to this .tar.zst first.")
    @Nullable
    Path backup;

    @Override
    public Integer call() throws Exception {
        Path home = common.home();
        int before = HomeLayout.of(home);
        HomeUpgrade upgrade = new HomeUpgrade(home, STORES);
        List<HomeUpgrade.Change> changes;
        if (before == HomeLayout.NONE) {
            changes = List.of();
        } else if (dryRun) {
            changes = upgrade.planned();
        } else {
            HomeLayout.check(home);
            if (backup != null) {
                Backup.Copied copied = Backup.backup(home, backup);
                common.note(Shown.count(copied.files()) + " files, " + Shown.bytes(copied.bytes()) + " into " + backup);
            }
            changes = upgrade.carryOut(Version.text());
        }
        tell(home, before, changes);
        return Exit.DONE;
    }

    private void tell(Path home, int before, List<HomeUpgrade.Change> changes) {
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("home", home.toString())
                    .put("layout", before)
                    .put("current", HomeLayout.CURRENT)
                    .put("done", !dryRun);
            var all = line.putArray("changes");
            changes.forEach(c -> all.addObject().put("file", c.file()).put("change", c.what()));
            common.out().println(line);
            return;
        }
        changes.forEach(c -> common.out().println(c.file() + "  " + c.what()));
        common.note(
                before == HomeLayout.NONE
                        ? "there is no home at " + home
                        : changes.isEmpty()
                                ? "the home has layout " + HomeLayout.CURRENT + ", and nothing is missing"
                                : dryRun
                                        ? "nothing was changed; without --dry-run these are made"
                                        : "the home has layout " + HomeLayout.CURRENT + " now");
    }
}

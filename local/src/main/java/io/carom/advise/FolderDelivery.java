package io.carom.advise;

import java.io.IOException;
import java.nio.file.Path;

/// Into a folder that the client can see: a folder a package, named by time and id.
record FolderDelivery(Path folder) implements Delivery {
    @Override
    public String channel() {
        return "folder";
    }

    @Override
    public String target() {
        return folder.toString();
    }

    @Override
    public String deliver(Parcel parcel) throws IOException {
        String name = parcel.made().toString().substring(0, 10) + "-" + parcel.id();
        AdviceFiles.write(parcel.files(), folder.resolve(name));
        return "";
    }
}

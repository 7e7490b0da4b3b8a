package kafkastack;

import java.io.IOException;
import java.nio.file.Path;

/** {@code ForgetLeader METADATA NODE}: does to the metadata of a server what the image does before Kafka starts from it. */
public final class ForgetLeader {
    private ForgetLeader() {}

    public static void main(String[] args) throws IOException {
        LeaderElsewhere.forget(Path.of(args[0]), Integer.parseInt(args[1]));
    }
}

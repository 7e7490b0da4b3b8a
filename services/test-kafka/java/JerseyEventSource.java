import java.net.URI;
import javax.ws.rs.client.ClientBuilder;
import javax.ws.rs.sse.SseEventSource;

/** The reader of event streams in the JAX-RS standard, as Jersey has it: accepts event streams only, and comes back with the id of the last event. */
final class JerseyEventSource extends JerseyEventInput {
  @Override
  public void read(URI stream, ChatClient.Shown shown) {
    SseEventSource source = SseEventSource.target(ClientBuilder.newClient().target(stream)).build();
    source.register(event -> shown.event(event.getName(), event.readData()), Throwable::printStackTrace);
    source.open();
    shown.open();
  }
}

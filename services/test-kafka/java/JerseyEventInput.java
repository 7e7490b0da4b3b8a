import java.net.URI;
import javax.ws.rs.client.Client;
import javax.ws.rs.client.ClientBuilder;
import javax.ws.rs.client.Entity;
import javax.ws.rs.core.Response;
import org.glassfish.jersey.media.sse.EventInput;
import org.glassfish.jersey.media.sse.InboundEvent;
import org.glassfish.jersey.media.sse.SseFeature;

/**
 * Jersey's own reader of event streams, which the original's client uses: it accepts any type, takes everything that ends with an empty line for an
 * event, and reconnects at once when a stream has ended. A refused connection ends it for good.
 */
class JerseyEventInput implements ChatClient.Library {
  @Override
  public void read(URI stream, ChatClient.Shown shown) {
    Client client = ClientBuilder.newBuilder().register(SseFeature.class).build();
    new Thread(() -> {
      for (;;) {
        EventInput input = client.target(stream).request().get(EventInput.class);
        shown.open();
        while (!input.isClosed()) {
          InboundEvent event = input.read();
          if (event != null) shown.event(event.getName(), event.readData());
        }
      }
    }).start();
  }

  /** Uses a new client for each message, and does not read the answer. */
  @Override
  public int send(URI room, String contentType, String message) {
    Response response = ClientBuilder.newClient().target(room).request().post(Entity.entity(message, contentType));
    return response.getStatus();
  }
}

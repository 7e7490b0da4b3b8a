// Command netpol decides for every new connection of a pod whether the cluster's NetworkPolicies allow it. The kernel asks
// it through a queue that the sandbox's packet rules feed (../../network/firewall.ts). It judges by the addresses of pods,
// so that one process serves all nodes, which share one network stack.
package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	nfqueue "github.com/florianl/go-nfqueue"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

// The library adds rules of its own to an nftables table with this name. The kernel refuses a name this long, and with it
// all of them: the sandbox has its own rules, and a table that a killed process leaves behind would stay for ever.
var noTable = strings.Repeat("x", 512)

// No node has this name: the library's rules would be for the pods of its own node.
const noNode = "none"

func main() {
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	queue := flag.Int("queue", 0, "number of the kernel's queue to serve")
	probe := flag.Bool("probe", false, "only look whether the kernel has queues; asking makes it load the module for them")
	flag.Parse()
	if *probe {
		if err := serveNothing(uint16(*queue)); err != nil {
			klog.Fatal(err)
		}
		return
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		klog.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		klog.Fatal(err)
	}
	shared := informers.NewSharedInformerFactory(client, 0)
	controller, err := networkpolicy.NewController(
		client,
		shared.Networking().V1().NetworkPolicies(),
		shared.Core().V1().Namespaces(),
		shared.Core().V1().Pods(),
		nil, nil, nil, nil,
		// NRI is not disabled: without it version 0.8.0 ends at the first address that is no pod's. It finds no runtime to
		// connect to, says so, and goes on.
		networkpolicy.Config{QueueID: *queue, NodeName: noNode, NFTableName: noTable},
	)
	if err != nil {
		klog.Fatal(err)
	}
	shared.Start(ctx.Done())
	if err := controller.Run(ctx); err != nil {
		klog.Fatal(err)
	}
}

// serveNothing binds the queue, which the end of the process lets go.
func serveNothing(queue uint16) error {
	served, err := nfqueue.Open(&nfqueue.Config{NfQueue: queue, MaxQueueLen: 1, Copymode: nfqueue.NfQnlCopyMeta, WriteTimeout: time.Second})
	if err != nil {
		return err
	}
	ignore := func(nfqueue.Attribute) int { return 0 }
	return served.RegisterWithErrorFunc(context.Background(), ignore, func(error) int { return 1 })
}

// Command provisioner makes hostPath volumes for claims of its storage class and expands them: what local-path storage
// does on kind and k3s. Each volume is a directory of its own, bound to the node that its first pod was scheduled to.
package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	name := flag.String("name", "", "provisioner name, as in the storage class")
	root := flag.String("root", "", "directory to make volumes in, one subdirectory a node")
	flag.Parse()

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
	go expandClaims(ctx, client, *name)
	controller.NewProvisionController(ctx, client, *name, hostPath{root: *root},
		controller.LeaderElection(false),
		controller.MetricsPort(0),
	).Run(ctx)
}

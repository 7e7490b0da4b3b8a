package main

import (
	"context"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
)

const (
	provisionedBy = "pv.kubernetes.io/provisioned-by"
	// A failed update is tried again at the next resynchronisation.
	resynchronisation = 15 * time.Second
)

// expandClaims carries out what a bound claim's larger request asks for. A directory has no size of its own, so that
// recording the new capacity is all there is to do; the API server has already refused a class without
// allowVolumeExpansion, and shrinking.
func expandClaims(ctx context.Context, client kubernetes.Interface, provisioner string) {
	factory := informers.NewSharedInformerFactory(client, resynchronisation)
	expand := func(object any) {
		claim, isClaim := object.(*core.PersistentVolumeClaim)
		if !isClaim || claim.Status.Phase != core.ClaimBound {
			return
		}
		if err := expandClaim(ctx, client, provisioner, claim); err != nil && !errors.IsConflict(err) && !errors.IsNotFound(err) {
			klog.ErrorS(err, "Expansion failed", "claim", klog.KObj(claim))
		}
	}
	_, err := factory.Core().V1().PersistentVolumeClaims().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    expand,
		UpdateFunc: func(_, claim any) { expand(claim) },
	})
	if err != nil {
		klog.Fatal(err)
	}
	factory.Start(ctx.Done())
}

func expandClaim(ctx context.Context, client kubernetes.Interface, provisioner string, claim *core.PersistentVolumeClaim) error {
	wanted := claim.Spec.Resources.Requests[core.ResourceStorage]
	if current := claim.Status.Capacity[core.ResourceStorage]; wanted.Cmp(current) <= 0 {
		return nil
	}
	volume, err := client.CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, meta.GetOptions{})
	if err != nil || volume.Annotations[provisionedBy] != provisioner {
		return err
	}
	if current := volume.Spec.Capacity[core.ResourceStorage]; wanted.Cmp(current) > 0 {
		volume.Spec.Capacity[core.ResourceStorage] = wanted
		if _, err := client.CoreV1().PersistentVolumes().Update(ctx, volume, meta.UpdateOptions{}); err != nil {
			return err
		}
	}
	claim = claim.DeepCopy()
	claim.Status.Capacity[core.ResourceStorage] = wanted
	claim.Status.Conditions = nil
	claim.Status.AllocatedResources = nil
	claim.Status.AllocatedResourceStatuses = nil
	if _, err = client.CoreV1().PersistentVolumeClaims(claim.Namespace).UpdateStatus(ctx, claim, meta.UpdateOptions{}); err == nil {
		klog.InfoS("Expanded", "claim", klog.KObj(claim), "capacity", wanted.String())
	}
	return err
}

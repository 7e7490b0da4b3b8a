/*
 * nfs-mount: mounts an NFSv3 export by FUSE, for kernels without an NFS client. It does in user space, with libnfs, what the
 * kernel's client does with a hard mount: a server that is away is waited for, without end.
 *
 *   nfs-mount SERVER:/EXPORT DIRECTORY
 *
 * It returns when the mount is in place, and serves it in the background until it is unmounted. Locks are kept on this machine only.
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <nfsc/libnfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* libnfs serves one thread at a time, and so fuse is told to use one. */
static struct nfs_context *nfs;

/* Largest read or write that the kernel hands over, in bytes. */
static const unsigned largest_request = 1024 * 1024;

static struct nfsfh *handle(struct fuse_file_info *info) {
  return (struct nfsfh *)(uintptr_t)info->fh;
}

static void keep_handle(struct fuse_file_info *info, struct nfsfh *file) {
  info->fh = (uint64_t)(uintptr_t)file;
}

/* What root makes here on behalf of a caller belongs to the caller. */
static int give_to_caller(const char *path) {
  const struct fuse_context *caller = fuse_get_context();
  return caller->uid == 0 && caller->gid == 0 ? 0 : nfs_lchown(nfs, path, (int)caller->uid, (int)caller->gid);
}

static int get_attributes(const char *path, struct stat *out, struct fuse_file_info *info) {
  struct nfs_stat_64 in;
  int result = info ? nfs_fstat64(nfs, handle(info), &in) : nfs_lstat64(nfs, path, &in);
  if (result < 0) return result;
  memset(out, 0, sizeof *out);
  out->st_ino = in.nfs_ino;
  out->st_mode = (mode_t)in.nfs_mode;
  out->st_nlink = in.nfs_nlink;
  out->st_uid = (uid_t)in.nfs_uid;
  out->st_gid = (gid_t)in.nfs_gid;
  out->st_rdev = in.nfs_rdev;
  out->st_size = (off_t)in.nfs_size;
  out->st_blksize = 4096;
  out->st_blocks = (blkcnt_t)((in.nfs_used + 511) / 512);
  out->st_atim = (struct timespec){(time_t)in.nfs_atime, (long)in.nfs_atime_nsec};
  out->st_mtim = (struct timespec){(time_t)in.nfs_mtime, (long)in.nfs_mtime_nsec};
  out->st_ctim = (struct timespec){(time_t)in.nfs_ctime, (long)in.nfs_ctime_nsec};
  return 0;
}

/* The kernel reads to fill its pages also where a program only writes; access was checked before, by the modes of the files. */
static int open_file(const char *path, struct fuse_file_info *info) {
  struct nfsfh *file;
  int result = nfs_open(nfs, path, O_RDWR | (info->flags & O_TRUNC), &file);
  if (result == -EROFS || result == -EACCES) result = nfs_open(nfs, path, O_RDONLY, &file);
  if (result == 0) keep_handle(info, file);
  return result;
}

static int create_file(const char *path, mode_t mode, struct fuse_file_info *info) {
  struct nfsfh *file;
  int result = nfs_create(nfs, path, O_RDWR, (int)mode, &file);
  if (result < 0) return result;
  keep_handle(info, file);
  return give_to_caller(path);
}

static int release_file(const char *path, struct fuse_file_info *info) {
  (void)path;
  return nfs_close(nfs, handle(info));
}

static int read_file(const char *path, char *buffer, size_t size, off_t offset, struct fuse_file_info *info) {
  (void)path;
  size_t done = 0;
  while (done < size) {
    int result = nfs_pread(nfs, handle(info), (uint64_t)offset + done, size - done, buffer + done);
    if (result < 0) return result;
    if (result == 0) break;
    done += (size_t)result;
  }
  return (int)done;
}

static int write_file(const char *path, const char *buffer, size_t size, off_t offset, struct fuse_file_info *info) {
  (void)path;
  size_t done = 0;
  while (done < size) {
    int result = nfs_pwrite(nfs, handle(info), (uint64_t)offset + done, size - done, buffer + done);
    if (result < 0) return result;
    if (result == 0) return -EIO;
    done += (size_t)result;
  }
  return (int)done;
}

static int sync_file(const char *path, int data_only, struct fuse_file_info *info) {
  (void)path;
  (void)data_only;
  return nfs_fsync(nfs, handle(info));
}

static int truncate_file(const char *path, off_t size, struct fuse_file_info *info) {
  return info ? nfs_ftruncate(nfs, handle(info), (uint64_t)size) : nfs_truncate(nfs, path, (uint64_t)size);
}

static int remove_file(const char *path) { return nfs_unlink(nfs, path); }

static int remove_directory(const char *path) { return nfs_rmdir(nfs, path); }

static int make_directory(const char *path, mode_t mode) {
  int result = nfs_mkdir2(nfs, path, (int)mode);
  return result < 0 ? result : give_to_caller(path);
}

static int make_link(const char *target, const char *path) {
  int result = nfs_symlink(nfs, target, path);
  return result < 0 ? result : give_to_caller(path);
}

static int read_link(const char *path, char *buffer, size_t size) { return nfs_readlink(nfs, path, buffer, (int)size); }

static int rename_file(const char *from, const char *to, unsigned flags) {
  /* Exchange and the like are more than the protocol can do. */
  return flags ? -EINVAL : nfs_rename(nfs, from, to);
}

static int change_mode(const char *path, mode_t mode, struct fuse_file_info *info) {
  (void)info;
  return nfs_chmod(nfs, path, (int)mode);
}

static int change_owner(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *info) {
  (void)info;
  struct nfs_stat_64 now;
  int result = nfs_lstat64(nfs, path, &now);
  if (result < 0) return result;
  /* -1 leaves one of the two as it is. */
  return nfs_lchown(nfs, path, uid == (uid_t)-1 ? (int)now.nfs_uid : (int)uid, gid == (gid_t)-1 ? (int)now.nfs_gid : (int)gid);
}

static struct timeval time_to_set(struct timespec wanted, uint64_t seconds, uint64_t nanoseconds) {
  if (wanted.tv_nsec == UTIME_NOW) clock_gettime(CLOCK_REALTIME, &wanted);
  if (wanted.tv_nsec == UTIME_OMIT) wanted = (struct timespec){(time_t)seconds, (long)nanoseconds};
  return (struct timeval){wanted.tv_sec, wanted.tv_nsec / 1000};
}

static int change_times(const char *path, const struct timespec times[2], struct fuse_file_info *info) {
  (void)info;
  struct nfs_stat_64 now;
  int result = nfs_lstat64(nfs, path, &now);
  if (result < 0) return result;
  struct timeval wanted[2] = {
      time_to_set(times[0], now.nfs_atime, now.nfs_atime_nsec),
      time_to_set(times[1], now.nfs_mtime, now.nfs_mtime_nsec),
  };
  return nfs_utimes(nfs, path, wanted);
}

static int read_directory(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *info,
                          enum fuse_readdir_flags flags) {
  (void)offset;
  (void)info;
  (void)flags;
  struct nfsdir *directory;
  int result = nfs_opendir(nfs, path, &directory);
  if (result < 0) return result;
  struct nfsdirent *entry;
  while ((entry = nfs_readdir(nfs, directory))) fill(buffer, entry->name, NULL, 0, 0);
  nfs_closedir(nfs, directory);
  return 0;
}

static int get_file_system(const char *path, struct statvfs *out) {
  struct nfs_statvfs_64 in;
  int result = nfs_statvfs64(nfs, path, &in);
  if (result < 0) return result;
  memset(out, 0, sizeof *out);
  out->f_bsize = in.f_bsize;
  out->f_frsize = in.f_frsize;
  out->f_blocks = in.f_blocks;
  out->f_bfree = in.f_bfree;
  out->f_bavail = in.f_bavail;
  out->f_files = in.f_files;
  out->f_ffree = in.f_ffree;
  out->f_favail = in.f_favail;
  out->f_namemax = 255;
  return 0;
}

static void *start(struct fuse_conn_info *connection, struct fuse_config *config) {
  connection->max_write = largest_request;
  config->use_ino = 1;
  return NULL;
}

static const struct fuse_operations operations = {
    .init = start,
    .getattr = get_attributes,
    .open = open_file,
    .create = create_file,
    .release = release_file,
    .read = read_file,
    .write = write_file,
    .fsync = sync_file,
    .truncate = truncate_file,
    .unlink = remove_file,
    .rmdir = remove_directory,
    .mkdir = make_directory,
    .symlink = make_link,
    .readlink = read_link,
    .rename = rename_file,
    .chmod = change_mode,
    .chown = change_owner,
    .utimens = change_times,
    .readdir = read_directory,
    .statfs = get_file_system,
};

int main(int count, char **arguments) {
  char *colon = count == 3 ? strchr(arguments[1], ':') : NULL;
  if (!colon) {
    fprintf(stderr, "usage: nfs-mount SERVER:/EXPORT DIRECTORY\n");
    return 2;
  }
  char *options;
  if (asprintf(&options, "-oallow_other,default_permissions,subtype=nfs,fsname=%s", arguments[1]) < 0) return 1;
  *colon = '\0';
  nfs = nfs_init_context();
  if (!nfs) return 1;
  if (nfs_mount(nfs, arguments[1], colon + 1) < 0) {
    fprintf(stderr, "nfs-mount: %s:%s: %s\n", arguments[1], colon + 1, nfs_get_error(nfs));
    return 32;
  }
  nfs_set_autoreconnect(nfs, -1);
  /* Files made here have just the mode that they were asked for. */
  nfs_umask(nfs, 0);
  char *fuse_arguments[] = {arguments[0], arguments[2], "-s", options};
  return fuse_main(4, fuse_arguments, &operations, NULL);
}

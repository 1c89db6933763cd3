# terraform init -backend-config=../shared/backend.hcl
# The credentials come from AWS_SHARED_CREDENTIALS_FILE, the key from each environment.
bucket         = "terraform-state"
region         = "us-east-1"
endpoints      = { s3 = "http://192.168.10.5:9000" }
use_path_style = true
use_lockfile   = true

# MinIO is no AWS: there is no account, no region and no metadata service to ask.
skip_credentials_validation = true
skip_metadata_api_check     = true
skip_region_validation      = true
skip_requesting_account_id  = true
